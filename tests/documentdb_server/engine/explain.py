"""Plans in the shape of MongoDB's explain."""

from typing import Any

from .bson_types import Document
from .conditions import is_operators
from .planner import Plan
from .search import Search


def explain(search: Search, namespace: str, limit: int = 0, projection: Any = None) -> Document:
    """Carries the search out, to tell what it reads."""
    found = search.results()
    return {
        "queryPlanner": {
            "plannerVersion": 1,
            "namespace": namespace,
            "parsedQuery": search.request.query,
            "winningPlan": winning_plan(search, limit, projection),
            "rejectedPlans": [],
        },
        "executionStats": {
            "executionSuccess": True,
            "nReturned": len(found),
            "totalKeysExamined": search.keys_examined,
            "totalDocsExamined": search.documents_examined,
        },
        "ok": 1.0,
    }


def winning_plan(search: Search, limit: int, projection: Any) -> Document:
    """Each stage holds the one that it reads from."""
    stage = access(search.plan, search.request.query)
    if search.must_sort:
        stage = {"stage": "SORT", "sortPattern": search.request.sort, "inputStage": stage}
    if search.skip:
        stage = {"stage": "SKIP", "skipAmount": search.skip, "inputStage": stage}
    if limit:
        stage = {"stage": "LIMIT", "limitAmount": limit, "inputStage": stage}
    if projection:
        stage = {"stage": "PROJECTION", "transformBy": projection, "inputStage": stage}
    return stage


def access(plan: Plan, query: Document) -> Document:
    direction = "backward" if plan.backward else "forward"
    filtered = {} if plan.exact else {"filter": query}
    if plan.index is None:
        return {"stage": "COLLSCAN", **filtered, "direction": direction}
    if plan.index.name == "_id_" and list(query) == ["_id"] and not is_operators(query["_id"]):
        return {"stage": "IDHACK"}
    scan = {
        "stage": "IXSCAN",
        "keyPattern": plan.index.pattern,
        "indexName": plan.index.name,
        "isMultiKey": plan.index.multikey,
        "isUnique": plan.index.unique,
        "isSparse": plan.index.sparse,
        "isPartial": plan.index.partial is not None,
        "direction": direction,
    }
    return {"stage": "FETCH", **filtered, "inputStage": scan}
