from uuid import UUID

from django.conf import settings

from ecom.peers.http import PeerClient
from ecom.peers.interfaces import PeerUnavailable
from ecom.peers.signing import sign


class CatalogOverHTTP:
    """CatalogPeer for a service that runs apart from catalog."""

    def __init__(self) -> None:
        self.client = PeerClient("CATALOG_URL", settings.CATALOG_URL)

    def withdraw_items(self, owner_id: UUID) -> bool:
        response = self.client.post(
            "/catalog/peer/withdrawals/",
            token=sign("catalog", "withdraw-items"),
            json={"owner_id": str(owner_id)},
        )
        if response.status_code not in {200, 202}:
            raise PeerUnavailable
        return response.status_code == 200
