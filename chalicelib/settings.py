"""What the environment must say, checked at the edge."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """What `infra/resources.yaml` puts into every function's environment, by these names in capitals."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    pinto_table: str
    pinto_urgent_queue_url: str
    pinto_bulk_queue_url: str
    pinto_money_queue_url: str
    pinto_urgent_dead_url: str
    pinto_bulk_dead_url: str
    pinto_money_dead_url: str
    pinto_bucket: str
    pinto_key_id: str
    pinto_user_pool_id: str = ""
    pinto_user_pool_client_id: str = ""
    pinto_public_url: str = ""
