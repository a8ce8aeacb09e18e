"""The database itself refuses to alter or delete an entry of the history.

A later migration that remakes the table on SQLite drops these triggers with it and has to
make them anew: `tests/regions/test_history_kept.py` sees them missing. Emptying the whole
table by TRUNCATE is left to the owner of the database; the product never does it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "regions_historyentry"
SAYS = "the history is kept: its entries are neither altered nor deleted"
ACTS = ("UPDATE", "DELETE")
POSTGRES = f"""
CREATE FUNCTION history_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER history_is_kept BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION history_is_kept();
"""
POSTGRES_BACK = f"""
DROP TRIGGER history_is_kept ON {TABLE};
DROP FUNCTION history_is_kept();
"""


def keep(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
        return
    for act in ACTS:
        schema_editor.execute(
            f"CREATE TRIGGER history_no_{act.lower()} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )


def let_go(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK)
        return
    for act in ACTS:
        schema_editor.execute(f"DROP TRIGGER history_no_{act.lower()}")


class Migration(migrations.Migration):
    dependencies = [("regions", "0010_history_taken_back")]

    operations = [migrations.RunPython(keep, let_go)]
