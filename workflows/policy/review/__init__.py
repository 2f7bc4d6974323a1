"""A review: all that an incident owes after its end, until it is done. The same core and facts, a workflow of its own.

Theory. A review begins when its incident closes, and takes over the state of the incident: what was begun,
settled, announced and seen is remembered there, so that nothing is sent twice and no event is applied in two ways. On
top of it a review knows few facts (`state.py`): how each duty ended, what was snoozed, whether it is wanted at all.

    owed       what is owed by somebody, by when, and whom to ask: duties, follow-ups, drafts that wait for approval
    nags       the reminder before a deadline, the question at it, and what follows after it
    engine     all that is wanted, split by time as an incident's plan is; and when it is over

What is owed by somebody is demanded until it has ended, so whatever ends it takes its nags away (level, not edge). A
person is nagged once a day at most, about everything at once. A deadline is the procedure's and does not move; its nags
do: for quiet hours, weekends, holidays and snoozes, without being used up.
"""
