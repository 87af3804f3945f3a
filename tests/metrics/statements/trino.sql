-- an act, on average
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  SUM("value"),
  COUNT("value"),
  COUNT("value")
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    (
      "calendar_seconds"
    ) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  WHERE
    "kind" = 'first_reply'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- an act that must stand
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  COUNT(*),
  1,
  COUNT(*)
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  WHERE
    "kind" = 'resolution'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND (
      "ended_at" IS NULL OR "ended_at" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- an act of members of a team
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  COUNT(*),
  1,
  COUNT(*)
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member",
      CAST("since" AS BIGINT) AS "since",
      CAST("until" AS BIGINT) AS "until"
    FROM (VALUES
      (1, 11, -4611686018427387904, 4611686018427387904),
      (2, 11, -4611686018427387904, 4611686018427387904),
      (3, 12, -4611686018427387904, 4611686018427387904),
      (0, 13, -4611686018427387904, 4611686018427387904),
      (4, 13, 1762000000, 4611686018427387904),
      (4, 14, -4611686018427387904, 1763000000)) AS "listed"("number", "member", "since", "until")
  ) AS "m"
    ON "m"."number" = COALESCE("agent", 0)
  WHERE
    "kind" = 'resolution'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND (
      "ended_at" IS NULL OR "ended_at" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
    AND "happened_at" >= "since"
    AND "happened_at" < "until"
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- a share within a bound in business hours
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  COUNT(*) FILTER(WHERE
    "hit"),
  COUNT(*),
  COUNT(*)
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  WHERE
    "kind" = 'first_reply'
    AND (
      "business_seconds"
    ) <= 14400
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
  UNION ALL
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    FALSE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" < "closes"
    AND COALESCE("ended_at", "closes") > GREATEST("happened_at", "opens")
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  LEFT JOIN "slots" AS "clock_0"
    ON "clock_0"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(
      CAST((
        (
          LEAST(COALESCE("ended_at", "closes"), "closes")
        ) - 3600
      ) AS DOUBLE) / 86400
    ) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_1"
    ON "clock_1"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(CAST((
      (
        "happened_at"
      ) - 3600
    ) AS DOUBLE) / 86400) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_2"
    ON "clock_2"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(CAST((
      (
        GREATEST("happened_at", "opens")
      ) - 3600
    ) AS DOUBLE) / 86400) AS BIGINT) AS BIGINT)
  WHERE
    "kind" = 'awaiting'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN GREATEST("happened_at", "opens") - "happened_at"
          ELSE (
            "clock_2"."base" + CASE
              WHEN (
                GREATEST("happened_at", "opens")
              ) < "clock_2"."opens_0"
              THEN "clock_2"."opens_0"
              WHEN (
                GREATEST("happened_at", "opens")
              ) < "clock_2"."closes_0"
              THEN (
                GREATEST("happened_at", "opens")
              )
              ELSE "clock_2"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    ) <= 14400
    AND 14400 < (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN LEAST(COALESCE("ended_at", "closes"), "closes") - "happened_at"
          ELSE (
            "clock_0"."base" + CASE
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              ) < "clock_0"."opens_0"
              THEN "clock_0"."opens_0"
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              ) < "clock_0"."closes_0"
              THEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              )
              ELSE "clock_0"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- the same of members of a team
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  COUNT(*) FILTER(WHERE
    "hit"),
  COUNT(*),
  COUNT(*)
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member",
      CAST("since" AS BIGINT) AS "since",
      CAST("until" AS BIGINT) AS "until"
    FROM (VALUES
      (1, 11, -4611686018427387904, 4611686018427387904),
      (2, 11, -4611686018427387904, 4611686018427387904),
      (3, 12, -4611686018427387904, 4611686018427387904),
      (0, 13, -4611686018427387904, 4611686018427387904),
      (4, 13, 1762000000, 4611686018427387904),
      (4, 14, -4611686018427387904, 1763000000)) AS "listed"("number", "member", "since", "until")
  ) AS "m"
    ON "m"."number" = COALESCE("agent", 0)
  WHERE
    "kind" = 'first_reply'
    AND (
      "business_seconds"
    ) <= 14400
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
    AND "happened_at" >= "since"
    AND "happened_at" < "until"
  UNION ALL
  SELECT
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    FALSE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" < "closes"
    AND COALESCE("ended_at", "closes") > GREATEST("happened_at", "opens")
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member",
      CAST("since" AS BIGINT) AS "since",
      CAST("until" AS BIGINT) AS "until"
    FROM (VALUES
      (1, 11, -4611686018427387904, 4611686018427387904),
      (2, 11, -4611686018427387904, 4611686018427387904),
      (3, 12, -4611686018427387904, 4611686018427387904),
      (0, 13, -4611686018427387904, 4611686018427387904),
      (4, 13, 1762000000, 4611686018427387904),
      (4, 14, -4611686018427387904, 1763000000)) AS "listed"("number", "member", "since", "until")
  ) AS "m"
    ON "m"."number" = COALESCE("agent", 0)
  LEFT JOIN "slots" AS "clock_0"
    ON "clock_0"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(
      CAST((
        (
          LEAST(COALESCE("ended_at", "closes"), "closes", "until")
        ) - 3600
      ) AS DOUBLE) / 86400
    ) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_1"
    ON "clock_1"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(CAST((
      (
        "happened_at"
      ) - 3600
    ) AS DOUBLE) / 86400) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_2"
    ON "clock_2"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(
      CAST((
        (
          GREATEST("happened_at", LEAST("since", "closes"))
        ) - 3600
      ) AS DOUBLE) / 86400
    ) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_3"
    ON "clock_3"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(
      CAST((
        (
          LEAST(COALESCE("ended_at", "closes"), "closes")
        ) - 3600
      ) AS DOUBLE) / 86400
    ) AS BIGINT) AS BIGINT)
  LEFT JOIN "slots" AS "clock_4"
    ON "clock_4"."slot" = (
      "calendar"
    ) * 4294967296 + CAST(CAST(TRUNCATE(CAST((
      (
        GREATEST("happened_at", "opens")
      ) - 3600
    ) AS DOUBLE) / 86400) AS BIGINT) AS BIGINT)
  WHERE
    "kind" = 'awaiting'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN GREATEST("happened_at", "opens") - "happened_at"
          ELSE (
            "clock_4"."base" + CASE
              WHEN (
                GREATEST("happened_at", "opens")
              ) < "clock_4"."opens_0"
              THEN "clock_4"."opens_0"
              WHEN (
                GREATEST("happened_at", "opens")
              ) < "clock_4"."closes_0"
              THEN (
                GREATEST("happened_at", "opens")
              )
              ELSE "clock_4"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    ) <= 14400
    AND 14400 < (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN LEAST(COALESCE("ended_at", "closes"), "closes") - "happened_at"
          ELSE (
            "clock_3"."base" + CASE
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              ) < "clock_3"."opens_0"
              THEN "clock_3"."opens_0"
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              ) < "clock_3"."closes_0"
              THEN (
                LEAST(COALESCE("ended_at", "closes"), "closes")
              )
              ELSE "clock_3"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
    AND (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN GREATEST("happened_at", LEAST("since", "closes")) - "happened_at"
          ELSE (
            "clock_2"."base" + CASE
              WHEN (
                GREATEST("happened_at", LEAST("since", "closes"))
              ) < "clock_2"."opens_0"
              THEN "clock_2"."opens_0"
              WHEN (
                GREATEST("happened_at", LEAST("since", "closes"))
              ) < "clock_2"."closes_0"
              THEN (
                GREATEST("happened_at", LEAST("since", "closes"))
              )
              ELSE "clock_2"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    ) <= 14400
    AND 14400 < (
      (
        "business_seconds"
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN "calendar" IS NULL
          THEN LEAST(COALESCE("ended_at", "closes"), "closes", "until") - "happened_at"
          ELSE (
            "clock_0"."base" + CASE
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes", "until")
              ) < "clock_0"."opens_0"
              THEN "clock_0"."opens_0"
              WHEN (
                LEAST(COALESCE("ended_at", "closes"), "closes", "until")
              ) < "clock_0"."closes_0"
              THEN (
                LEAST(COALESCE("ended_at", "closes"), "closes", "until")
              )
              ELSE "clock_0"."closes_0"
            END
          ) - (
            "clock_1"."base" + CASE
              WHEN (
                "happened_at"
              ) < "clock_1"."opens_0"
              THEN "clock_1"."opens_0"
              WHEN (
                "happened_at"
              ) < "clock_1"."closes_0"
              THEN (
                "happened_at"
              )
              ELSE "clock_1"."closes_0"
            END
          )
        END
        ELSE 0
      END
    )
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- a level
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  MAX("value"),
  1,
  COUNT("value")
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    (
      (
        "calendar_seconds"
      ) + CASE WHEN TRUE THEN "closes" - "happened_at" ELSE 0 END
    ) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" < "closes" AND (
      "ended_at" IS NULL OR "ended_at" >= "closes"
    )
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  WHERE
    "kind" = 'open'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- a level of members of a team
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  MAX("value"),
  1,
  COUNT("value")
FROM (
  SELECT
    "window",
    "m"."member" AS "group",
    (
      (
        "calendar_seconds"
      ) + CASE WHEN TRUE THEN "closes" - "happened_at" ELSE 0 END
    ) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" < "closes" AND (
      "ended_at" IS NULL OR "ended_at" >= "closes"
    )
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member",
      CAST("since" AS BIGINT) AS "since",
      CAST("until" AS BIGINT) AS "until"
    FROM (VALUES
      (1, 11, -4611686018427387904, 4611686018427387904),
      (2, 11, -4611686018427387904, 4611686018427387904),
      (3, 12, -4611686018427387904, 4611686018427387904),
      (0, 13, -4611686018427387904, 4611686018427387904),
      (4, 13, 1762000000, 4611686018427387904),
      (4, 14, -4611686018427387904, 1763000000)) AS "listed"("number", "member", "since", "until")
  ) AS "m"
    ON "m"."number" = COALESCE("agent", 0)
  WHERE
    "kind" = 'open'
    AND "counts_from" < "as_of"
    AND (
      "counts_until" IS NULL OR "counts_until" >= "as_of"
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
    AND "since" < "closes"
    AND "until" >= "closes"
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- a removal
WITH "w" AS (
  SELECT
    CAST("window" AS BIGINT) AS "window",
    CAST("opens" AS BIGINT) AS "opens",
    CAST("closes" AS BIGINT) AS "closes",
    CAST("as_of" AS BIGINT) AS "as_of"
  FROM (VALUES
    (0, 1761955200, 1764547200, 1767225600),
    (1, 1764547200, 1767225600, 1767225600)) AS "listed"("window", "opens", "closes", "as_of")
)
SELECT
  "window",
  "group",
  COUNT(*),
  1,
  COUNT(*)
FROM (
  SELECT DISTINCT
    "ticket",
    "window",
    "m"."member" AS "group",
    CAST(NULL AS BIGINT) AS "value",
    TRUE AS "hit"
  FROM "facts" AS "fact"
  JOIN "w"
    ON "happened_at" >= "opens" AND "happened_at" < "closes"
  JOIN (
    SELECT
      CAST("number" AS INTEGER) AS "number",
      CAST("member" AS BIGINT) AS "member"
    FROM (VALUES
      (1, 11),
      (2, 11),
      (3, 12)) AS "listed"("number", "member")
  ) AS "m"
    ON "m"."number" = "agent"
  WHERE
    "kind" = 'created'
    AND "counts_from" = "happened_at"
    AND NOT (
      "counts_from" < "as_of"
      AND (
        "counts_until" IS NULL OR "counts_until" >= "as_of"
      )
    )
    AND NOT EXISTS(
      SELECT
        1
      FROM "facts" AS "again"
      WHERE
        "again"."kind" = 'created'
        AND "again"."ticket" = "fact"."ticket"
        AND "again"."counts_from" < "as_of"
        AND (
          "again"."counts_until" IS NULL OR "again"."counts_until" >= "as_of"
        )
    )
    AND "priority" IN (
      SELECT
        CAST("number" AS INTEGER) AS "number"
      FROM (VALUES
        (2),
        (3)) AS "listed"("number")
    )
    AND NOT "channel" IS NULL
) AS "asked_0"
GROUP BY
  "window",
  "group";

-- a median
-- Trino has no exact percentiles. Ask for an average or a count, or choose another engine.;
