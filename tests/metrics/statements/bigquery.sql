-- an act, on average
WITH `w` AS (
  SELECT
    `window`,
    `opens`,
    `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `as_of`)
  ]) AS `listed`
)
SELECT
  `window`,
  `group`,
  SUM(`value`),
  COUNT(`value`),
  COUNT(`value`)
FROM (
  SELECT
    `window`,
    `m`.`member` AS `group`,
    (
      `calendar_seconds`
    ) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` >= `opens` AND `happened_at` < `as_of`
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  WHERE
    `kind` = 'first_reply'
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- an act that must stand
WITH `w` AS (
  SELECT
    `window`,
    `opens`,
    `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `as_of`)
  ]) AS `listed`
)
SELECT
  `window`,
  `group`,
  COUNT(*),
  1,
  COUNT(*)
FROM (
  SELECT
    `window`,
    `m`.`member` AS `group`,
    CAST(NULL AS INT64) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` >= `opens` AND `happened_at` < `as_of`
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  WHERE
    `kind` = 'resolution'
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND (
      `ended_at` IS NULL OR `ended_at` >= `as_of`
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a share within a bound in business hours
WITH `w` AS (
  SELECT
    `window`,
    `opens`,
    `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `as_of`)
  ]) AS `listed`
)
SELECT
  `window`,
  `group`,
  COUNTIF(`hit`),
  COUNT(*),
  COUNT(*)
FROM (
  SELECT
    `window`,
    `m`.`member` AS `group`,
    CAST(NULL AS INT64) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` >= `opens` AND `happened_at` < `as_of`
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  WHERE
    `kind` = 'first_reply'
    AND (
      `business_seconds`
    ) <= 14400
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
  UNION ALL
  SELECT
    `window`,
    `m`.`member` AS `group`,
    CAST(NULL AS INT64) AS `value`,
    FALSE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` < `as_of`
    AND COALESCE(`ended_at`, `as_of`) > GREATEST(`happened_at`, `opens`)
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  LEFT JOIN `slots` AS `clock_0`
    ON `clock_0`.`slot` = (
      `calendar`
    ) * 4294967296 + CAST(DIV((
      (
        LEAST(COALESCE(`ended_at`, `as_of`), `as_of`)
      ) - 3600
    ), 86400) AS INT64)
  LEFT JOIN `slots` AS `clock_1`
    ON `clock_1`.`slot` = (
      `calendar`
    ) * 4294967296 + CAST(DIV((
      (
        `happened_at`
      ) - 3600
    ), 86400) AS INT64)
  LEFT JOIN `slots` AS `clock_2`
    ON `clock_2`.`slot` = (
      `calendar`
    ) * 4294967296 + CAST(DIV((
      (
        GREATEST(`happened_at`, `opens`)
      ) - 3600
    ), 86400) AS INT64)
  WHERE
    `kind` = 'awaiting'
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND (
      (
        `business_seconds`
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN `calendar` IS NULL
          THEN GREATEST(`happened_at`, `opens`) - `happened_at`
          ELSE (
            `clock_2`.`base` + CASE
              WHEN (
                GREATEST(`happened_at`, `opens`)
              ) < `clock_2`.`opens_0`
              THEN `clock_2`.`opens_0`
              WHEN (
                GREATEST(`happened_at`, `opens`)
              ) < `clock_2`.`closes_0`
              THEN (
                GREATEST(`happened_at`, `opens`)
              )
              ELSE `clock_2`.`closes_0`
            END
          ) - (
            `clock_1`.`base` + CASE
              WHEN (
                `happened_at`
              ) < `clock_1`.`opens_0`
              THEN `clock_1`.`opens_0`
              WHEN (
                `happened_at`
              ) < `clock_1`.`closes_0`
              THEN (
                `happened_at`
              )
              ELSE `clock_1`.`closes_0`
            END
          )
        END
        ELSE 0
      END
    ) <= 14400
    AND 14400 < (
      (
        `business_seconds`
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN `calendar` IS NULL
          THEN LEAST(COALESCE(`ended_at`, `as_of`), `as_of`) - `happened_at`
          ELSE (
            `clock_0`.`base` + CASE
              WHEN (
                LEAST(COALESCE(`ended_at`, `as_of`), `as_of`)
              ) < `clock_0`.`opens_0`
              THEN `clock_0`.`opens_0`
              WHEN (
                LEAST(COALESCE(`ended_at`, `as_of`), `as_of`)
              ) < `clock_0`.`closes_0`
              THEN (
                LEAST(COALESCE(`ended_at`, `as_of`), `as_of`)
              )
              ELSE `clock_0`.`closes_0`
            END
          ) - (
            `clock_1`.`base` + CASE
              WHEN (
                `happened_at`
              ) < `clock_1`.`opens_0`
              THEN `clock_1`.`opens_0`
              WHEN (
                `happened_at`
              ) < `clock_1`.`closes_0`
              THEN (
                `happened_at`
              )
              ELSE `clock_1`.`closes_0`
            END
          )
        END
        ELSE 0
      END
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a level
WITH `w` AS (
  SELECT
    `window`,
    `opens`,
    `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `as_of`)
  ]) AS `listed`
)
SELECT
  `window`,
  `group`,
  MAX(`value`),
  1,
  COUNT(`value`)
FROM (
  SELECT
    `window`,
    `m`.`member` AS `group`,
    (
      (
        `calendar_seconds`
      ) + CASE WHEN TRUE THEN `as_of` - `happened_at` ELSE 0 END
    ) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` < `as_of` AND (
      `ended_at` IS NULL OR `ended_at` >= `as_of`
    )
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  WHERE
    `kind` = 'open'
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a removal
WITH `w` AS (
  SELECT
    `window`,
    `opens`,
    `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `as_of`)
  ]) AS `listed`
)
SELECT
  `window`,
  `group`,
  COUNT(*),
  1,
  COUNT(*)
FROM (
  SELECT DISTINCT
    `ticket`,
    `window`,
    `m`.`member` AS `group`,
    CAST(NULL AS INT64) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` >= `opens` AND `happened_at` < `as_of`
  JOIN (
    SELECT
      `number`,
      `member`
    FROM UNNEST([
      STRUCT(1 AS `number`, 11 AS `member`),
      STRUCT(2 AS `number`, 11 AS `member`),
      STRUCT(3 AS `number`, 12 AS `member`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = `agent`
  WHERE
    `kind` = 'created'
    AND `counts_from` = `happened_at`
    AND NOT (
      `counts_from` < `as_of`
      AND (
        `counts_until` IS NULL OR `counts_until` >= `as_of`
      )
    )
    AND NOT EXISTS(
      SELECT
        1
      FROM `facts` AS `again`
      WHERE
        `again`.`kind` = 'created'
        AND `again`.`ticket` = `fact`.`ticket`
        AND `again`.`counts_from` < `as_of`
        AND (
          `again`.`counts_until` IS NULL OR `again`.`counts_until` >= `as_of`
        )
    )
    AND `priority` IN (
      SELECT
        `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a median
-- Bigquery has no exact percentiles. Ask for an average or a count, or choose another engine.;
