import os

# The backend's own tests have settings of their own. Those of the stand-in, of the router, of a
# peer's address and of a third service need no database: they run once, on the first leg. The image
# is built, and secrets are rotated, on the leg that has a PostgreSQL.
engine = os.environ.get("ECOM_TEST_DATABASE", "sqlite")
collect_ignore = []
if os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings_documentdb":
    collect_ignore.append("documentdb")
if engine != "sqlite":
    collect_ignore += ["deploy", "documentdb_server"]
    collect_ignore += ["ecom/test_check_peers.py", "ecom/test_services.py"]
if engine != "postgresql":
    collect_ignore += ["ecom/secrets", "image", "postgresql"]
