"""What is asked of the tables of an osTicket; {0} stands for what their names begin with."""

from typing import Final

from milepost.connectors.database.tickets import Queries

# A message does not always move the ticket's own moment of change; a ticket that was merged may have no thread left.
TICKETS: Final = """
SELECT t.number AS ticket, t.created AS created, d.name AS pipeline, g.name AS team, t.source AS channel,
       t.staff_id AS agent,
       GREATEST(
           t.created, t.updated, COALESCE(t.lastupdate, t.created),
           COALESCE((SELECT MAX(e.created) FROM {0}thread_entry e WHERE e.thread_id = th.id), t.created),
           COALESCE((SELECT MAX(v.timestamp) FROM {0}thread_event v WHERE v.thread_id = th.id), t.created)
       ) AS updated
FROM {0}ticket t
LEFT JOIN {0}thread th ON th.object_id = t.ticket_id AND th.object_type IN ('T', 'C')
LEFT JOIN {0}department d ON d.id = t.dept_id
LEFT JOIN {0}team g ON g.team_id = t.team_id
"""

# Of one second the creation comes first, then what was written, then what was done. Every event keeps who held the
# ticket after it, in which team and department. What it was merged into a ticket says itself: 3 are the flags of a
# merge, and 8 is that of a mere link.
HISTORY: Final = """
SELECT t.number AS ticket, e.created AS at, 10000000000 + e.id AS seq,
       CASE e.type WHEN 'M' THEN 'customer' WHEN 'R' THEN 'reply' ELSE 'note' END AS message,
       CASE WHEN e.type = 'M' THEN 'customer' WHEN e.staff_id > 0 THEN 'agent' ELSE 'system' END AS actor_kind,
       CASE WHEN e.type <> 'M' AND e.staff_id > 0 THEN e.staff_id END AS actor,
       NULL AS status, NULL AS agent, NULL AS team, NULL AS pipeline, NULL AS removal, NULL AS merged_into
FROM {0}ticket t
JOIN {0}thread th ON th.object_id = t.ticket_id AND th.object_type IN ('T', 'C')
JOIN {0}thread_entry e ON e.thread_id = th.id AND e.type IN ('M', 'R', 'N')
UNION ALL
SELECT t.number, v.timestamp, CASE n.name WHEN 'created' THEN 0 ELSE 20000000000 + v.id END, NULL,
       CASE WHEN v.uid_type = 'U' THEN 'customer' WHEN v.uid > 0 THEN 'agent' ELSE 'system' END,
       CASE WHEN v.uid_type <> 'U' AND v.uid > 0 THEN v.uid END,
       CASE n.name WHEN 'created' THEN 'open' WHEN 'reopened' THEN 'open' WHEN 'closed' THEN 'closed' END,
       CASE WHEN v.staff_id > 0 THEN v.staff_id ELSE '' END,
       CASE WHEN v.team_id > 0 THEN g.name ELSE '' END,
       d.name, NULL, NULL
FROM {0}ticket t
JOIN {0}thread th ON th.object_id = t.ticket_id AND th.object_type IN ('T', 'C')
JOIN {0}thread_event v ON v.thread_id = th.id
JOIN {0}event n ON n.id = v.event_id
     AND n.name IN ('created', 'closed', 'reopened', 'assigned', 'released', 'transferred', 'edited', 'overdue')
LEFT JOIN {0}department d ON d.id = v.dept_id
LEFT JOIN {0}team g ON g.team_id = v.team_id
UNION ALL
SELECT t.number,
       COALESCE(
           (SELECT MAX(v.timestamp) FROM {0}thread_event v JOIN {0}event n ON n.id = v.event_id AND n.name = 'merged'
            WHERE v.thread_id = th.id),
           t.updated
       ),
       30000000000, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, 'merged', p.number
FROM {0}ticket t
LEFT JOIN {0}thread th ON th.object_id = t.ticket_id AND th.object_type IN ('T', 'C')
JOIN {0}ticket p ON p.ticket_id = t.ticket_pid
WHERE t.flags & 3 AND NOT t.flags & 8
"""

PEOPLE: Final = """
SELECT s.staff_id AS agent, CONCAT_WS(' ', s.firstname, s.lastname) AS name, s.email AS email, s.isactive AS active,
       g.name AS team
FROM {0}staff s
LEFT JOIN {0}team_member m ON m.staff_id = s.staff_id
LEFT JOIN {0}team g ON g.team_id = m.team_id
"""


def queries(prefix: str) -> Queries:
    """The queries over tables whose names begin so."""
    return Queries(*(query.format(prefix) for query in (TICKETS, HISTORY, PEOPLE)))
