from uuid import UUID

from django.conf import settings

from ecom.peers.asking import Peer
from ecom.peers.http import PeerClient
from ecom.peers.remote_keys import RemoteKeys


class CatalogOverHTTP:
    """CatalogPeer for a service that runs apart from catalog."""

    def __init__(self) -> None:
        client = PeerClient("CATALOG_URL", settings.CATALOG_URL)
        self.keys = RemoteKeys(client, "/catalog/peer/jwks.json")
        self.peer = Peer("catalog", client, self.keys)

    def withdraw_items(self, owner_id: UUID) -> bool:
        path = "/catalog/peer/withdrawals/"
        answer = self.peer.ask("withdraw-items", path, owner_id=str(owner_id))
        return answer.get("done") is True
