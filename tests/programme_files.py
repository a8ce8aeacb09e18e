"""A small programme as files, for the tests of the importer.

Two pilot regions, one of which slipped, and one region of a later wave. On TODAY, four
weeks before the later go-live, nothing has to be shifted.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from regions.sheets import read_table, write_xlsx
from rollout.imports.load import Loaded, load
from rollout.imports.programme import Checked, check
from rollout.imports.read import read_source

TODAY = datetime(2027, 3, 8, 12, 0, tzinfo=UTC)  # a Monday

FILES = {
    "programme.csv": """\
# Made up for the tests.
code,name,sample_today,time_zone
ERP-1,ERP roll-out,2027-03-08,Europe/Berlin
""",
    "our_regions.csv": """\
code,name,wave,planned_go_live,actual_go_live,pilot,time_zone,country,subdivision
NORTH,North Company,Pilot,2026-05-04,2026-07-06,yes,,DE,BY
SOUTH,South Company,Pilot,2026-05-04,2026-05-04,yes,,,
EAST,East Company,Wave 1,2027-04-05,,no,Asia/Shanghai,cn,
""",
    "our_phases.csv": """\
code,milestone,offset_days,source_group
P1,Kick-off,-120,all
P2,Go-live,0,all
""",
    "our_playbook_tasks.csv": """\
activity,task,responsible,offset_days,kind,function,note
Change,Analyse the stakeholders,region,-60,work,,
Change,"Agree the roles, then the rights",shared,-30,clarify,hr,with the auditor
Data,Clean the customers,region,-20,data,,
""",
    "our_cutover_tasks.csv": """\
code,task,offset_days,kind,owner_role,note
C1,Open the ready room,-29,work,rollout team,
C2,Freeze the old system,-3,milestone,payroll,
""",
    "our_lessons.csv": """\
kind,area,title,effect,recommendation,from,step,source
lesson,leadership,Leaders came late,decisions waited,talk early,Pilot,Analyse the stakeholders,review
problem,data,Old customers,double work,clean first,Wave 1,,
""",
    "lesson_uses.csv": """\
region,lesson,answer,skip_reason,by,outcome
NORTH,Leaders came late,used,,liaison@example.org,helped
EAST,Leaders came late,skipped,no_time,liaison@example.org,came_back
""",
    "success_criteria.csv": """\
pilot,metric,unit,baseline,target,direction,actual,evidence,mandatory
Pilot,Records converted,%,90,98,at_least,98.6,report of the dry run,yes
Pilot,Days late,days,,0,at_most,,,no
""",
    "people.csv": """\
email,name,role,regions,from,phone,language,time_zone,working_days,country,subdivision,address_as,careful_with
cio@example.org,CIO,cio,,2026-01-01,,en,,,US,WA
hq@example.org,Planner,hq,,2026-01-01,,en,,,,
liaison@example.org,Liaison,liaison,NORTH SOUTH EAST,2026-01-01,,zh-hans,morning,1234567,,
ceo.north@example.org,CEO of North,ceo,NORTH,2026-01-01,040 123,en,,,,
ceo.east@example.org,CEO of East,ceo,EAST,2026-01-01,,en,Asia/Shanghai,,,,Madam East,"The old plant, unless she names it"
staff.east@example.org,Staff of East,staff,EAST,2026-01-01,,en,,,,
helper.east@example.org,Helper of East,helper,EAST,2026-01-01,,en,,,,
""",
    "signins.csv": """\
email,password,who
cio@example.org,open-sesame-1,the CIO
""",
    "owners.csv": """\
responsible,kind,role
region,data,helper
milestone,*,manager
rollout team,*,hq
shared,clarify,liaison
*,*,staff
""",
    "asks.csv": """\
region,kind,of,text,due,state
EAST,people,ceo,name a second data owner,2027-03-12,open
EAST,decision,us,send the list,2027-03-05,done
""",
    "contacts.csv": """\
region,held,by,channel,outcome,minutes,felt,ask,answer,note
EAST,2027-03-01 10:00,liaison@example.org,phone,reached,15,same,name a second data owner,later,No name yet.
EAST,2027-03-05 10:00,cio@example.org,phone,no_answer,,,,,
NORTH,2026-06-01 09:30,liaison@example.org,visit,reached,20,warmer,,,
""",
    "check_ins.csv": """\
region,day,time,minutes,channel
EAST,2027-03-12,14:30,,visit
""",
    "stances.csv": """\
region,judged,by,current,wanted,sentence
EAST,2027-03-01 11:00,liaison@example.org,neutral,supportive,Puts the name off.
""",
    "clarifications.csv": """\
region,task,question,proposal,by,of,asked,due,answered,answer,confirmed
EAST,"Agree the roles, then the rights",Who signs for purchases?,,hq@example.org,helper.east@example.org,2027-03-01 09:00,2027-03-12,,,
EAST,,Which plants count stock?,Both of them.,liaison@example.org,ceo.east@example.org,2027-02-22 09:00,,2027-02-23 10:00,,
NORTH,,How many carriers are there?,Three.,hq@example.org,liaison@example.org,2026-05-04 10:00,,2026-05-05 10:00,Two.,2026-05-06 10:00
""",
    "task_states.csv": """\
region,task,state,reason,note,waits_for,ask
EAST,Analyse the stakeholders,blocked,decision,which two departments,ceo.east@example.org,name a second data owner
EAST,"Agree the roles, then the rights",started,,,,
""",
}


def write_folder(
    folder: Path, files: dict[str, str] = FILES, encoding: str = "utf-8"
) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding=encoding, newline="")
    return folder


def write_workbooks(folder: Path) -> Path:
    """The same tables, each as the one sheet of its own workbook."""
    folder.mkdir()
    for name, content in FILES.items():
        table = read_table(name, content.encode())
        rows = [row.cells for row in table.rows]
        path = (folder / name).with_suffix(".xlsx")
        path.write_bytes(write_xlsx("Sheet1", table.header, rows))
    return folder


def write_workbook(path: Path) -> Path:
    """The same tables as sheets of one workbook, with real dates and numbers in them."""
    book = Workbook()
    for name, content in FILES.items():
        sheet = book.create_sheet(Path(name).stem)
        table = read_table(name, content.encode())
        sheet.append(table.header)
        for row in table.rows:
            sheet.append([_typed(cell) for cell in row.cells])
    book.save(path)
    return path


def _typed(cell: str) -> str | int | datetime:
    if cell.lstrip("-").isdigit():
        return int(cell)
    return datetime.fromisoformat(cell) if re.match(r"\d{4}-\d\d-\d\d", cell) else cell


def check_folder(folder: Path, at: datetime = TODAY) -> Checked:
    return check(read_source(folder), at=at)


def load_folder(folder: Path, at: datetime = TODAY) -> Loaded:
    return load(check_folder(folder, at), by=None, at=at)
