from django_mongodb_backend.features import DatabaseFeatures as MongoDBFeatures


class DatabaseFeatures(MongoDBFeatures):
    minimum_database_version = (5, 0)
    # The parent would ask by $listSearchIndexes, which DocumentDB lacks.
    supports_atlas_search = False
    # An update or delete across a join reads the primary keys first.
    update_can_self_select = False
    # A plain unique index takes one null, a partial one any number.
    supports_nulls_distinct_unique_constraints = True
    supports_ignore_conflicts = True
    # Done by combinators.py.
    supports_select_union = True
    supports_select_intersection = True
    supports_select_difference = True
