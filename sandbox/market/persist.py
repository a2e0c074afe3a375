"""Keeps a practice marketplace in a file between runs."""

import os
import pickle
import threading
from pathlib import Path

from sandbox.market.images import Photo
from sandbox.market.market import Market

SAVE_EVERY_S = 2.0


class Keeper:
    """Loads at the start, saves every two seconds when something changed, and at the end."""

    def __init__(self, market: Market, file: Path) -> None:
        self.market, self.file = market, file
        self._saved_version = -1
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """The state in the file, if there is one, is the market's; saving has begun."""
        if self.file.exists():
            load(self.market, self.file)
            self._saved_version = self.market.version
        self._thread.start()

    def stop(self) -> None:
        """Saved for the last time."""
        self._stopping.set()
        self._thread.join()
        self._save_if_changed()

    def _run(self) -> None:
        while not self._stopping.wait(SAVE_EVERY_S):
            self._save_if_changed()

    def _save_if_changed(self) -> None:
        version = self.market.version
        if version != self._saved_version:
            save(self.market, self.file)
            self._saved_version = version


def save(market: Market, file: Path) -> None:
    """The file holds the market's state, replaced as a whole; photos lie beside it, one file each."""
    with market.lock:
        state = {name: getattr(market, name) for name in market.kept}
        state |= {"offset_s": market.clock.offset_s, "push_url": market.pusher.url}
        content = pickle.dumps(state)
        photos = list(market.photos.by_digest.values())
    folder = _photo_folder(file)
    folder.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        _write(folder / f"{photo.digest}.pickle", pickle.dumps(photo), only_new=True)
    _write(file, content)


def load(market: Market, file: Path) -> None:
    """The market's state is what `save` wrote."""
    # The file is our own, written by `save`; nobody else's pickles are ever opened here.
    state = pickle.loads(file.read_bytes())  # noqa: S301
    with market.lock:
        market.clock.offset_s = state.pop("offset_s")
        market.pusher.url = state.pop("push_url")
        for name in market.kept:
            setattr(market, name, state[name])
        market.settings = {**market.default_settings, **market.settings}
        for path in sorted(_photo_folder(file).glob("*.pickle")):
            photo: Photo = pickle.loads(path.read_bytes())  # noqa: S301
            market.photos.keep(photo)


def _photo_folder(file: Path) -> Path:
    return file.with_name(f"{file.name}.photos")


def _write(file: Path, content: bytes, only_new: bool = False) -> None:
    if only_new and file.exists():
        return
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(content)
    os.replace(part, file)
