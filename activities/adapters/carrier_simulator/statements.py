"""The carriers' journal: every call is one statement, so it is done whole or not at all."""

from activities.adapters.simulator.journal import ENQUEUE

# `label` is a CTE with the label's carrier when the events may be told.
_TELL = f"""
event AS (
    INSERT INTO sim.carrier_event (event_id, carrier, tracking_number, code, occurred_at, place, signed)
    SELECT e.event_id, label.carrier, %(tracking_number)s, e.code, e.occurred_at, e.place, e.signed
    FROM label CROSS JOIN jsonb_to_recordset(%(events)s::jsonb)
         AS e(event_id text, code text, occurred_at timestamptz, place text, signed boolean)
    ON CONFLICT (event_id) DO NOTHING
    RETURNING event_id
), hook AS (
    {ENQUEUE}
    SELECT 'carrier', h.event_id, %(tracking_number)s, h.payload,
           now() + make_interval(secs => h.delay_s), now() + make_interval(secs => h.delay_s)
    FROM event JOIN jsonb_to_recordset(%(hooks)s::jsonb)
         AS h(event_id text, payload jsonb, delay_s float8) USING (event_id)
)"""  # noqa: S608 - put together from constants

BOOK = f"""
WITH label AS (
    INSERT INTO sim.carrier_label (key, fingerprint, carrier, service, parcel_id, tracking_number, label, weight_g,
                                   price_minor, currency, picked_up_at)
    VALUES (%(key)s, %(fingerprint)s, %(carrier)s, %(service)s, %(parcel_id)s, %(tracking_number)s, %(label)s,
            %(weight_g)s, %(price_minor)s, %(currency)s, %(picked_up_at)s)
    ON CONFLICT DO NOTHING
    RETURNING carrier
), {_TELL}
SELECT carrier FROM label"""  # noqa: S608

LABEL = """
SELECT fingerprint, tracking_number, label, price_minor FROM sim.carrier_label WHERE key = %(key)s"""

# Virtual clocks run ahead of ours: a parcel that was collected tomorrow is collected now.
EMIT = f"""
WITH label AS (
    UPDATE sim.carrier_label
    SET picked_up_at = CASE WHEN %(moves)s THEN LEAST(picked_up_at, %(at)s, now()) ELSE picked_up_at END
    WHERE tracking_number = %(tracking_number)s AND voided_at IS NULL
    RETURNING carrier
), {_TELL}
SELECT carrier FROM label"""  # noqa: S608

# A label that is void already is void; one that nobody knows cannot be cancelled.
VOID = """
WITH seen AS (
    SELECT key, COALESCE(picked_up_at <= now(), false) AND voided_at IS NULL AS collected
    FROM sim.carrier_label WHERE carrier = %(carrier)s AND tracking_number = %(tracking_number)s
    FOR UPDATE
), asked AS (
    INSERT INTO sim.carrier_void (key, fingerprint, tracking_number, done)
    SELECT %(key)s, %(fingerprint)s, %(tracking_number)s, COALESCE(NOT collected, false)
    FROM (SELECT 1) AS always LEFT JOIN seen ON true
    ON CONFLICT (key) DO NOTHING
    RETURNING done, tracking_number
), gone AS (
    UPDATE sim.carrier_label l SET voided_at = COALESCE(l.voided_at, now())
    FROM asked WHERE asked.done AND l.tracking_number = asked.tracking_number
), planned AS (
    DELETE FROM sim.carrier_event e USING asked
    WHERE asked.done AND e.tracking_number = asked.tracking_number AND e.occurred_at > now()
    RETURNING e.event_id
), untold AS (
    DELETE FROM sim.webhook w USING planned
    WHERE w.subject = %(tracking_number)s AND w.event_id = planned.event_id AND w.delivered_at IS NULL
)
SELECT done FROM asked"""

VOID_ANSWER = "SELECT fingerprint, done FROM sim.carrier_void WHERE key = %(key)s"
