"""Every fault is named by file, row and column before anything is written."""

import pytest

from tests.programme_files import FILES, check_folder, write_folder

pytestmark = [pytest.mark.django_db, pytest.mark.any_store]

PEOPLE = (
    "ceo.east@example.org, ceo.north@example.org, cio@example.org, "
    "helper.east@example.org, hq@example.org, liaison@example.org, staff.east@example.org"
)

# file, what stands there, what is put in its place, and the one fault that follows
FAULTS = {
    "programme_code": (
        "programme.csv",
        "ERP-1,",
        "erp 1,",
        'programme.csv, row 3, column code: "erp 1": '
        "Use up to 20 capital letters, digits and hyphens.",
    ),
    "two_programmes": (
        "programme.csv",
        "ERP-1,ERP roll-out,2027-03-08,Europe/Berlin\n",
        "ERP-1,ERP roll-out,2027-03-08,Europe/Berlin\nERP-2,Another,,\n",
        "programme.csv, row 4, column code: One programme is loaded at a time.",
    ),
    "time_zone": (
        "programme.csv",
        "Europe/Berlin",
        "Europe/Bielefeld",
        'programme.csv, row 3, column time_zone: "Europe/Bielefeld": '
        "Europe/Bielefeld is no time zone. Give one such as Europe/Berlin.",
    ),
    "missing_column": (
        "our_regions.csv",
        "wave,planned_go_live",
        "wave,planned",
        "our_regions.csv, row 1, column planned_go_live: This column is missing.",
    ),
    "empty_cell": (
        "our_regions.csv",
        "EAST,East Company,",
        "EAST,,",
        "our_regions.csv, row 4, column name: This cell is empty.",
    ),
    "day": (
        "our_regions.csv",
        "2027-04-05",
        "05.04.2027",
        'our_regions.csv, row 4, column planned_go_live: "05.04.2027" is no day. '
        "Write 2026-03-09.",
    ),
    "day_of_another_century": (
        "our_regions.csv",
        "2027-04-05",
        "9999-12-31",
        'our_regions.csv, row 4, column planned_go_live: "9999-12-31" is no day. '
        "Write 2026-03-09.",
    ),
    "yes_no": (
        "our_regions.csv",
        ",,no,",
        ",,maybe,",
        'our_regions.csv, row 4, column pilot: "maybe" is not allowed. Allowed: yes, no.',
    ),
    "region_twice": (
        "our_regions.csv",
        "SOUTH,South Company,Pilot,2026-05-04,2026-05-04,yes,,,\n",
        "SOUTH,South Company,Pilot,2026-05-04,2026-05-04,yes,,,\nSOUTH,S,Pilot,2026-05-04,,yes,,,\n",
        "our_regions.csv, row 4, column code: "
        "The same stands already in our_regions.csv, row 3.",
    ),
    "go_live_before_kick_off": (
        "our_regions.csv",
        "2026-05-04,2026-07-06",
        "2026-05-04,2026-01-02",
        "our_regions.csv, row 2, column actual_go_live: "
        "The kick-off on 2026-01-04 lies after the go-live.",
    ),
    "whole_number": (
        "our_phases.csv",
        "P2,Go-live,0",
        "P2,Go-live,0.5",
        'our_phases.csv, row 3, column offset_days: "0.5" is no whole number from -1500 to 1500.',
    ),
    "choice": (
        "our_playbook_tasks.csv",
        "region,-60,work",
        "region,-60,wrk",
        'our_playbook_tasks.csv, row 2, column kind: "wrk" is not allowed. '
        "Allowed: work, clarify, confirm, data, meeting, milestone.",
    ),
    "missing_quotes": (
        "our_playbook_tasks.csv",
        '"Agree the roles, then the rights",shared,-30,clarify,hr,with the auditor',
        '"Agree the roles, then the rights",shared,-30,clarify,hr,with the auditor, not us',
        "our_playbook_tasks.csv, row 3: This row has 8 cells, the header 7. "
        "Put texts with commas in quotes.",
    ),
    "step_twice": (
        "our_cutover_tasks.csv",
        "C2,Freeze the old system",
        "C2,Open the ready room",
        "our_cutover_tasks.csv, row 3, column task: "
        "The same stands already in our_cutover_tasks.csv, row 2.",
    ),
    "long_text": (
        "our_cutover_tasks.csv",
        "Open the ready room",
        "x" * 151,
        "our_cutover_tasks.csv, row 2, column task: The text has 151 letters; at most 150 fit.",
    ),
    "control_character": (
        "our_cutover_tasks.csv",
        "Open the",
        "Open\x07the",
        "our_cutover_tasks.csv, row 2, column task: The text holds a control character.",
    ),
    "lesson_twice": (
        "our_lessons.csv",
        "Old customers",
        "Leaders came late",
        "our_lessons.csv, row 3, column title: "
        "The same stands already in our_lessons.csv, row 2.",
    ),
    "lesson_step": (
        "our_lessons.csv",
        "Analyse the stakeholders",
        "Analyse nobody",
        'our_lessons.csv, row 2, column step: "Analyse nobody" is not known. Allowed: '
        "Agree the roles, then the rights, Analyse the stakeholders, Clean the customers, "
        "Freeze the old system, Go-live, Kick-off, Open the ready room.",
    ),
    "email": (
        "people.csv",
        "staff.east@example.org",
        "staff.east",
        'people.csv, row 7, column email: "staff.east": Enter a valid email address.',
    ),
    "email_twice": (
        "people.csv",
        "staff.east@example.org",
        "Helper.East@example.org",
        "people.csv, row 8, column email: The same stands already in people.csv, row 7.",
    ),
    "region_of_person": (
        "people.csv",
        "staff,EAST",
        "staff,WEST",
        'people.csv, row 7, column regions: "WEST" is not known. Allowed: EAST, NORTH, SOUTH.',
    ),
    "role_without_region": (
        "people.csv",
        "staff,EAST",
        "staff,",
        "people.csv, row 7, column regions: This role needs at least one region.",
    ),
    "group_role_with_region": (
        "people.csv",
        "Planner,hq,",
        "Planner,hq,EAST",
        "people.csv, row 3, column regions: This role is for the whole group: leave it empty.",
    ),
    "two_ceos": (
        "people.csv",
        "staff,EAST",
        "ceo,EAST",
        "people.csv, row 7, column regions: EAST has two CEOs.",
    ),
    "working_days": (
        "people.csv",
        "1234567",
        "7654321",
        'people.csv, row 4, column working_days: "7654321": '
        "Give the working days as digits in order, 1 for Monday to 7 for Sunday: 12345.",
    ),
    "country_without_holidays": (
        "people.csv",
        "US,WA",
        "XX,",
        "people.csv, row 2, column country: No public holidays are known of the country "
        "XX. Give its two capital letters: DE.",
    ),
    "country_in_words": (
        "our_regions.csv",
        "yes,,,",
        "yes,,Germany,",
        'our_regions.csv, row 3, column country: "GERMANY": '
        "Give the country by its two capital letters: DE.",
    ),
    "state_of_another_country": (
        "our_regions.csv",
        "DE,BY",
        "LI,BY",
        "our_regions.csv, row 2, column subdivision: BY is no state or province of LI. "
        "Known: –.",
    ),
    "state_without_country": (
        "our_regions.csv",
        "DE,BY",
        ",BY",
        "our_regions.csv, row 2, column subdivision: "
        "A state or province needs its country.",
    ),
    "sign_in_of_nobody": (
        "signins.csv",
        "cio@example.org,open",
        "cfo@example.org,open",
        'signins.csv, row 2, column email: "cfo@example.org" is not known. Allowed: '
        f"{PEOPLE}.",
    ),
    "owner_role": (
        "owners.csv",
        "*,*,staff",
        "*,*,ceo",
        'owners.csv, row 6, column role: "ceo" is not allowed. Allowed: cio, hq, '
        "liaison, manager, staff, helper, proofreader.",
    ),
    "ask_twice": (
        "asks.csv",
        "us,send the list,2027-03-05,done",
        "us,name a second data owner,2027-03-05,open",
        "asks.csv, row 3, column text: The same stands already in asks.csv, row 2.",
    ),
    "region_without_ceo": (
        "asks.csv",
        "EAST,decision",
        "SOUTH,decision",
        "asks.csv, row 3, column region: This region has no CEO among the people.",
    ),
    "moment": (
        "contacts.csv",
        "2027-03-05 10:00",
        "2027-03-05 25:00",
        'contacts.csv, row 3, column held: "2027-03-05 25:00" is no day with a time. '
        "Write 2026-03-09 14:30.",
    ),
    "talk_ahead": (
        "contacts.csv",
        "2027-03-05 10:00",
        "2027-03-09 10:00",
        "contacts.csv, row 3, column held: A talk cannot be logged before it was held.",
    ),
    "talk_twice": (
        "contacts.csv",
        "2027-03-05 10:00",
        "2027-03-01 10:00",
        "contacts.csv, row 3, column held: The same stands already in contacts.csv, row 2.",
    ),
    "ask_of_another_region": (
        "contacts.csv",
        "name a second data owner",
        "name a third data owner",
        'contacts.csv, row 2, column ask: "name a third data owner" is not known. '
        "Allowed: name a second data owner, send the list.",
    ),
    "answer_without_ask": (
        "contacts.csv",
        "name a second data owner,later",
        ",later",
        "contacts.csv, row 2, column answer: An answer needs the ask that it answers.",
    ),
    "reached_without_minutes": (
        "contacts.csv",
        "reached,15",
        "reached,",
        "contacts.csv, row 2, column minutes: Say how many minutes the talk took.",
    ),
    "caller": (
        "contacts.csv",
        "10:00,cio@",
        "10:00,cfo@",
        'contacts.csv, row 3, column by: "cfo@example.org" is not known. Allowed: '
        f"{PEOPLE}.",
    ),
    "task_of_region": (
        "task_states.csv",
        "EAST,Analyse",
        "WEST,Analyse",
        'task_states.csv, row 2, column region: "WEST" is not known. '
        "Allowed: EAST, NORTH, SOUTH.",
    ),
    "blocked_without_reason": (
        "task_states.csv",
        "blocked,decision",
        "blocked,",
        "task_states.csv, row 2, column reason: Say why the task is blocked.",
    ),
    "finished_task": (
        "task_states.csv",
        "started,",
        "done,",
        'task_states.csv, row 3, column state: "done" is not allowed. '
        "Allowed: open, started, blocked.",
    ),
    "note_on_open_task": (
        "task_states.csv",
        "started,,,",
        "started,,soon,",
        "task_states.csv, row 3, column note: This belongs to blocked tasks only.",
    ),
    "wait_for_an_unknown_ask": (
        "task_states.csv",
        "name a second data owner",
        "name a third data owner",
        'task_states.csv, row 2, column ask: "name a third data owner" is not known. '
        "Allowed: name a second data owner, send the list.",
    ),
    "wait_for_a_settled_ask": (
        "task_states.csv",
        "name a second data owner",
        "send the list",
        "task_states.csv, row 2, column ask: "
        "This ask is settled; no task waits for it any more.",
    ),
    "number": (
        "success_criteria.csv",
        "98.6",
        "98.6 %",
        'success_criteria.csv, row 2, column actual: "98.6 %" is no number. Write 12.5.',
    ),
    "criterion_of_no_pilot": (
        "success_criteria.csv",
        "Pilot,Records",
        "Wave 1,Records",
        'success_criteria.csv, row 2, column pilot: "Wave 1" is not known. '
        "Allowed: Pilot.",
    ),
    "criterion_twice": (
        "success_criteria.csv",
        "Days late",
        "Records converted",
        "success_criteria.csv, row 3, column metric: "
        "The same stands already in success_criteria.csv, row 2.",
    ),
    "judged_ahead": (
        "stances.csv",
        "2027-03-01",
        "2027-03-09",
        "stances.csv, row 2, column judged: Nobody can have judged on a day to come.",
    ),
    "judge": (
        "stances.csv",
        "liaison@",
        "deputy@",
        'stances.csv, row 2, column by: "deputy@example.org" is not known. Allowed: '
        f"{PEOPLE}.",
    ),
    "answer_to_no_lesson": (
        "lesson_uses.csv",
        "NORTH,Leaders came late",
        "NORTH,Old customers",
        'lesson_uses.csv, row 2, column lesson: "Old customers" is not known. '
        "Allowed: Leaders came late.",
    ),
    "skipped_without_reason": (
        "lesson_uses.csv",
        "no_time",
        "",
        "lesson_uses.csv, row 3, column skip_reason: Say why it is skipped.",
    ),
    "used_with_reason_to_skip": (
        "lesson_uses.csv",
        "used,,",
        "used,no_time,",
        "lesson_uses.csv, row 2, column skip_reason: "
        "This belongs to skipped lessons only.",
    ),
    "skipped_and_helped": (
        "lesson_uses.csv",
        "came_back",
        "helped",
        "lesson_uses.csv, row 3, column outcome: "
        "A lesson that was skipped cannot have helped.",
    ),
    "time": (
        "check_ins.csv",
        "14:30",
        "24:30",
        'check_ins.csv, row 2, column time: "24:30" is no time. Write 14:30.',
    ),
    "booked_twice": (
        "check_ins.csv",
        "EAST,2027-03-12,14:30,,visit\n",
        "EAST,2027-03-12,14:30,,visit\nEAST,2027-03-15,,,\n",
        "check_ins.csv, row 3, column region: "
        "The same stands already in check_ins.csv, row 2.",
    ),
    "booked_without_ceo": (
        "check_ins.csv",
        "EAST,",
        "SOUTH,",
        "check_ins.csv, row 2, column region: This region has no CEO among the people.",
    ),
    "manners_of_no_ceo": (
        "people.csv",
        "Helper of East,helper,EAST,2026-01-01,,en,,,,",
        "Helper of East,helper,EAST,2026-01-01,,en,,,,,,Shy",
        "people.csv, row 8, column careful_with: This belongs to CEOs only.",
    ),
    "question_of_nobody": (
        "clarifications.csv",
        "ceo.east@",
        "somebody@",
        'clarifications.csv, row 3, column of: "somebody@example.org" is not known. '
        f"Allowed: {PEOPLE}.",
    ),
    "question_to_oneself": (
        "clarifications.csv",
        "liaison@example.org,ceo.east@example.org",
        "liaison@example.org,liaison@example.org",
        "clarifications.csv, row 3, column of: Ask somebody else than yourself.",
    ),
    "question_twice": (
        "clarifications.csv",
        "EAST,,Which plants count stock?",
        "EAST,,Who signs for purchases?",
        "clarifications.csv, row 3, column question: "
        "The same stands already in clarifications.csv, row 2.",
    ),
    "question_about_no_task": (
        "clarifications.csv",
        "EAST,,Which",
        "EAST,Count the stars,Which",
        'clarifications.csv, row 3, column task: "Count the stars" is not known. '
        "Allowed: Agree the roles, then the rights, Analyse the stakeholders, "
        "Clean the customers, Freeze the old system, Go-live, Kick-off, "
        "Open the ready room.",
    ),
    "question_of_a_day_to_come": (
        "clarifications.csv",
        "2027-03-01",
        "2027-03-11",
        "clarifications.csv, row 2, column asked: This lies on a day to come.",
    ),
    "answer_without_day": (
        "clarifications.csv",
        "2026-05-05 10:00,Two.,2026-05-06 10:00",
        ",Two.,",
        "clarifications.csv, row 4, column answered: Say when it was answered.",
    ),
    "yes_to_nothing": (
        "clarifications.csv",
        "Both of them.",
        "",
        "clarifications.csv, row 3, column answer: Say what the answer was.",
    ),
    "confirmed_without_answer": (
        "clarifications.csv",
        "2027-03-12,,,",
        "2027-03-12,,,2027-03-02 09:00",
        "clarifications.csv, row 2, column confirmed: "
        "There is no answer that was to be confirmed.",
    ),
    "answered_before_asked": (
        "clarifications.csv",
        "2027-02-23",
        "2027-02-20",
        "clarifications.csv, row 3, column answered: This lies before what it follows.",
    ),
    "stance_without_ceo": (
        "stances.csv",
        "EAST,",
        "SOUTH,",
        "stances.csv, row 2, column region: This region has no CEO among the people.",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_named_by_file_row_and_column(case, tmp_path):
    file, old, new, expected = FAULTS[case]
    assert FILES[file].count(old) == 1
    folder = write_folder(
        tmp_path / "erp", FILES | {file: FILES[file].replace(old, new)}
    )

    checked = check_folder(folder)

    assert [str(fault) for fault in checked.faults] == [expected]
