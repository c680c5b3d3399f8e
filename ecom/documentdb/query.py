"""What a compiler has put together, as a find() or an aggregation pipeline."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import NotSupportedError
from django.db.models.sql.datastructures import Join
from django.utils import timezone
from django_mongodb_backend.query import MongoQuery

from ecom.documentdb import constructs, rewrite
from ecom.documentdb.joins import join_stages, keeps_rows
from ecom.documentdb.rewrite import MQL

# $sample needs a size: more documents than this cannot be sorted at random.
LARGEST_SAMPLE = 2**31 - 1
ONE_DOCUMENT = "django_one_document"


class DocumentDBQuery(MongoQuery):
    joins: tuple[Join, ...] = ()
    # Sorted by stored fields only, which are there before any $project.
    sorts_stored_fields = False
    shuffled = False

    def documents(self) -> Iterator[MQL]:
        """Raises NotSupportedError for what DocumentDB 5.0 lacks, before anything is sent."""
        if self.compiler.base_table is None:
            return self._over_one_document()
        return self._sent(self.compiler.collection)

    def _over_one_document(self) -> Iterator[MQL]:
        """A query without a collection, such as a constraint's validation, needs one document to
        run over, as it needs DUAL on Oracle."""
        connection = self.compiler.connection
        collection = connection.get_collection(ONE_DOCUMENT)
        documents = list(self._sent(collection))
        if not documents:
            created = collection.update_one(
                {"_id": 1}, {"$set": {"_id": 1}}, upsert=True, session=connection.session
            )
            if created.upserted_id is not None:
                documents = list(self._sent(collection))
        return iter(documents)

    def _sent(self, collection: Any) -> Iterator[MQL]:
        command, constants = self.command()
        session = self.compiler.connection.session
        if "find" in command:
            cursor = collection.find(
                command["filter"],
                command["projection"],
                sort=list(command["sort"].items()) or None,
                skip=command["skip"],
                limit=command["limit"],
                session=session,
            )
        else:
            cursor = collection.aggregate(command["pipeline"], session=session)
        with cursor:
            for document in cursor:
                yield {**document, **constants} if constants else document

    def command(self) -> tuple[MQL, MQL]:
        """A find or aggregate command, and the constants that each of its documents gets."""
        name = self.compiler.table_name
        arguments, constants = self._as_find() or ({}, {})
        if arguments:
            command = {"find": name, **arguments}
        else:
            command = {"aggregate": name, "pipeline": self.get_pipeline(), "cursor": {}}
        refuse_unsupported(command)
        return command, constants

    def criteria(self) -> MQL:
        """The filter of an update or delete."""
        if self.subqueries or self._joined().intersection(rewrite.roots(self.match_mql)):
            raise NotSupportedError("An update or delete can filter on its own collection only.")
        filter_ = rewrite.query(self.match_mql, timezone.now().replace(tzinfo=None))
        refuse_unsupported({"find": "", "filter": filter_})
        return filter_

    def get_pipeline(self) -> list[MQL]:
        if self.subquery_lookup:
            raise NotSupportedError(
                "DocumentDB 5.0 cannot run this subquery ($lookup with let). "
                "Run the inner query first and filter by its values."
            )
        stages = self._stages()
        return rewrite.pipeline(stages, timezone.now().replace(tzinfo=None))

    def _stages(self) -> list[MQL]:
        joined = self._joined()
        clauses = clauses_of(self.match_mql)
        stages = _match(_take(clauses, set(), joined))
        order, window = self._order(), self._window()
        cut_early = self._can_cut_early(clauses)
        if cut_early:
            stages += [*order, *window]
        known: set[str] = set()
        for join in self.joins:
            stages += join_stages(join, self.compiler)
            known.add(str(join.table_alias))
            stages += _match(_take(clauses, known, joined))
        for subquery in self.subqueries or ():
            stages += subquery.get_pipeline()
        stages += self.aggregation_pipeline or []
        if self.project_fields:
            stages.append({"$project": self.project_fields})
        if self.extra_fields:
            stages.append({"$addFields": self.extra_fields})
        if not cut_early:
            return [*stages, *order, *window]
        # Only a last $sort is guaranteed to order the result.
        return stages if self.shuffled else [*stages, *order]

    def _can_cut_early(self, clauses_of_joins: list[MQL]) -> bool:
        """May the page be cut out before the joins, so that only it is joined?"""
        return (
            bool(self._window())
            and not clauses_of_joins
            and not self.aggregation_pipeline
            and not self.subqueries
            and (self.sorts_stored_fields or self.shuffled)
            and all(keeps_rows(join) for join in self.joins)
            and not any(name.split(".")[0] in self._joined() for name in self.ordering or ())
        )

    def _as_find(self) -> tuple[MQL, MQL] | None:
        if (
            self.joins
            or self.subqueries
            or self.aggregation_pipeline
            or self.extra_fields
            or self.subquery_lookup
            or self.shuffled
            or not self.sorts_stored_fields
        ):
            return None
        projection, constants = {}, {}
        for name, value in (self.project_fields or {}).items():
            if value == 1:
                projection[name] = 1
            elif isinstance(value, Mapping) and list(value) == ["$literal"]:
                constants[name] = value["$literal"]
            else:
                return None
        if constants and not projection:
            projection = {"_id": 1}
        low, high = self.query.low_mark, self.query.high_mark
        arguments = {
            "filter": rewrite.query(self.match_mql, timezone.now().replace(tzinfo=None)),
            "projection": projection,
            "sort": dict(self.ordering or {}),
            "skip": low,
            "limit": 0 if high is None else high - low,
        }
        return arguments, constants

    def _joined(self) -> set[str]:
        return {str(join.table_alias) for join in self.joins}

    def _order(self) -> list[MQL]:
        if self.shuffled:
            return [{"$sample": {"size": self.query.high_mark or LARGEST_SAMPLE}}]
        return [{"$sort": dict(self.ordering)}] if self.ordering else []

    def _window(self) -> list[MQL]:
        low, high = self.query.low_mark, self.query.high_mark
        skip = [{"$skip": low}] if low else []
        return skip if high is None else [*skip, {"$limit": high - low}]


def refuse_unsupported(command: MQL) -> None:
    """Raises NotSupportedError that names what DocumentDB lacks, and the way out."""
    if lacking := constructs.unsupported(command):
        raise NotSupportedError(constructs.not_supported(lacking))


def clauses_of(conditions: MQL) -> list[MQL]:
    """Conditions that must all hold."""
    if list(conditions) == ["$and"]:
        return [clause for each in conditions["$and"] for clause in clauses_of(each)]
    return [conditions] if conditions else []


def _take(clauses: list[MQL], known: set[str], joined: set[str]) -> list[MQL]:
    """Remove from the clauses, and return, those that read no join but the known ones."""
    ready = [each for each in clauses if joined.intersection(rewrite.roots(each)) <= known]
    clauses[:] = [each for each in clauses if each not in ready]
    return ready


def _match(clauses: list[MQL]) -> list[MQL]:
    if not clauses:
        return []
    return [{"$match": clauses[0] if len(clauses) == 1 else {"$and": clauses}}]
