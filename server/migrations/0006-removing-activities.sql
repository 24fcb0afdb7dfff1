-- An activity that a client no longer has may go, with its needs and its place in plans. What was proved of it stays in
-- evidence and reports, and what it was in the audit trail.
grant delete on activities to reprise_service;
