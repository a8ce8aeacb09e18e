"""The database itself refuses to alter or delete a published version, its steps and their order.

Publishing passes, as the row is still a draft before. A step could still be inserted into a
published version: only the services refuse that (`pilots.services.playbook`).

SQLite does not remake `pilots_procedure` or `pilots_step` while triggers name them, and
drops those of the table that it remakes. A later migration of these tables begins with
`let_go` and ends with `keep`: `tests/pilots/test_published_kept.py` sees them missing.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SAYS = "a published version is kept: it and its steps are neither altered nor deleted"
ACTS = ("UPDATE", "DELETE")
# By table: when a row belongs to a published version.
PUBLISHED = {
    "pilots_procedure": "OLD.published_at IS NOT NULL",
    "pilots_step": """EXISTS (
        SELECT 1 FROM pilots_procedure
        WHERE id = OLD.procedure_id AND published_at IS NOT NULL
    )""",
    "pilots_steplink": """EXISTS (
        SELECT 1 FROM pilots_procedure
        JOIN pilots_step ON pilots_step.procedure_id = pilots_procedure.id
        WHERE pilots_step.id = OLD.step_id AND published_at IS NOT NULL
    )""",
}


def keep(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for table, is_published in PUBLISHED.items():
        if is_postgres:
            schema_editor.execute(_function(table, is_published))
            schema_editor.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()"
            )
            continue
        for act in ACTS:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"WHEN {is_published} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
            )


def _function(table: str, is_published: str) -> str:
    return f"""
CREATE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF {is_published} THEN
    RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
END $$
"""


def let_go(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    is_postgres = schema_editor.connection.vendor == "postgresql"
    for table in PUBLISHED:
        if is_postgres:
            schema_editor.execute(f"DROP TRIGGER {table}_is_kept ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_is_kept()")
            continue
        for act in ACTS:
            schema_editor.execute(f"DROP TRIGGER {table}_no_{act.lower()}")


class Migration(migrations.Migration):
    dependencies = [("pilots", "0004_playbook_versions")]

    operations = [migrations.RunPython(keep, let_go)]
