"""push/: the app's push settings and the messages that never arrived."""

from typing import Any

from sandbox.shopee import errors, pushes
from sandbox.shopee.api import Call, Handler

CONFIG = {
    "callback_url": "string",
    "set_push_config_on": ["int32"],
    "set_push_config_off": ["int32"],
    "blocked_shop_id_list": ["int64"],
}
CONFIRM = {"last_message_id": "int64"}
LOST_PAGE, LOST_KEPT_S, MOST_BLOCKED = 100, 3 * 86_400, 500


def get_app_push_config(call: Call) -> dict[str, Any]:
    """Where pushes go and which are on."""
    config = call.market.push_config
    return call.ok(
        {
            "callback_url": call.market.pusher.url or "",
            "live_push_status": "Normal",
            "suspended_time": 0,
            "blocked_shop_id": config["blocked"],
            "push_config_on_list": [code for code in pushes.CODES if code not in config["off"]],
            "push_config_off_list": config["off"],
        }
    )


def set_app_push_config(call: Call) -> dict[str, Any]:
    """New settings; a new URL has been asked with a verification message before this runs."""
    body, config = call.body(CONFIG), call.market.push_config
    if call.ping_ok is False:
        raise errors.param("callback_url is invalid, it should respond with 2xx within 3 seconds.")
    blocked = body.get("blocked_shop_id_list", config["blocked"])
    if len(blocked) > MOST_BLOCKED:
        raise errors.param("blocked_shop_id_list should not be more than 500.")
    off = (set(config["off"]) | set(body.get("set_push_config_off", []))) - set(body.get("set_push_config_on", []))
    call.market.push_config = {"blocked": blocked, "off": sorted(off)}
    if "callback_url" in body:
        call.market.pusher.url = body["callback_url"]
    call.market.touch()
    return call.ok({"result": "success"})


def get_lost_push_message(call: Call) -> dict[str, Any]:
    """The earliest 100 unconfirmed of three days, all shops together."""
    kept = [row for row in call.market.lost if row["timestamp"] >= call.now - LOST_KEPT_S]
    page = kept[:LOST_PAGE]
    return call.ok(
        {
            "push_message_list": [{k: v for k, v in row.items() if k != "id"} for row in page],
            "has_next_page": len(kept) > LOST_PAGE,
            "last_message_id": page[-1]["id"] if page else 0,
        }
    )


def confirm_consumed_lost_push_message(call: Call) -> dict[str, Any]:
    """Everything up to that id will not be shown again."""
    last = call.body(CONFIRM, "last_message_id")["last_message_id"]
    call.market.lost = [row for row in call.market.lost if row["id"] > last]
    call.market.touch()
    return call.ok()


HANDLERS: dict[str, tuple[str, Handler]] = {
    "push/get_app_push_config": ("GET", get_app_push_config),
    "push/set_app_push_config": ("POST", set_app_push_config),
    "push/get_lost_push_message": ("GET", get_lost_push_message),
    "push/confirm_consumed_lost_push_message": ("POST", confirm_consumed_lost_push_message),
}
