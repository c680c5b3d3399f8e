import os

# The backend's own tests have settings of their own. The stand-in's need no database: they run
# once, on the first leg.
collect_ignore = []
if os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings_documentdb":
    collect_ignore.append("documentdb")
if os.environ.get("ECOM_TEST_DATABASE", "sqlite") != "sqlite":
    collect_ignore.append("documentdb_server")
