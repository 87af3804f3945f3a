-- an act, on average
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        CAST(`number` AS INT64) AS `number`
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
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- an act of members of a team
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`,
      CAST(`since` AS INT64) AS `since`,
      CAST(`until` AS INT64) AS `until`
    FROM UNNEST([
      STRUCT(
        1 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        2 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        3 AS `number`,
        12 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        0 AS `number`,
        13 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(4 AS `number`, 13 AS `member`, 1762000000 AS `since`, 4611686018427387904 AS `until`),
      STRUCT(4 AS `number`, 14 AS `member`, -4611686018427387904 AS `since`, 1763000000 AS `until`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = COALESCE(`agent`, 0)
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
    AND `happened_at` >= `since`
    AND `happened_at` < `until`
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a share within a bound in business hours
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        CAST(`number` AS INT64) AS `number`
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
    ON `happened_at` < `closes`
    AND COALESCE(`ended_at`, `closes`) > GREATEST(`happened_at`, `opens`)
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        LEAST(COALESCE(`ended_at`, `closes`), `closes`)
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
          THEN LEAST(COALESCE(`ended_at`, `closes`), `closes`) - `happened_at`
          ELSE (
            `clock_0`.`base` + CASE
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
              ) < `clock_0`.`opens_0`
              THEN `clock_0`.`opens_0`
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
              ) < `clock_0`.`closes_0`
              THEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- the same of members of a team
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`,
      CAST(`since` AS INT64) AS `since`,
      CAST(`until` AS INT64) AS `until`
    FROM UNNEST([
      STRUCT(
        1 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        2 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        3 AS `number`,
        12 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        0 AS `number`,
        13 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(4 AS `number`, 13 AS `member`, 1762000000 AS `since`, 4611686018427387904 AS `until`),
      STRUCT(4 AS `number`, 14 AS `member`, -4611686018427387904 AS `since`, 1763000000 AS `until`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = COALESCE(`agent`, 0)
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
    AND `happened_at` >= `since`
    AND `happened_at` < `until`
  UNION ALL
  SELECT
    `window`,
    `m`.`member` AS `group`,
    CAST(NULL AS INT64) AS `value`,
    FALSE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` < `closes`
    AND COALESCE(`ended_at`, `closes`) > GREATEST(`happened_at`, `opens`)
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`,
      CAST(`since` AS INT64) AS `since`,
      CAST(`until` AS INT64) AS `until`
    FROM UNNEST([
      STRUCT(
        1 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        2 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        3 AS `number`,
        12 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        0 AS `number`,
        13 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(4 AS `number`, 13 AS `member`, 1762000000 AS `since`, 4611686018427387904 AS `until`),
      STRUCT(4 AS `number`, 14 AS `member`, -4611686018427387904 AS `since`, 1763000000 AS `until`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = COALESCE(`agent`, 0)
  LEFT JOIN `slots` AS `clock_0`
    ON `clock_0`.`slot` = (
      `calendar`
    ) * 4294967296 + CAST(DIV(
      (
        (
          LEAST(COALESCE(`ended_at`, `closes`), `closes`, `until`)
        ) - 3600
      ),
      86400
    ) AS INT64)
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
        GREATEST(`happened_at`, LEAST(`since`, `closes`))
      ) - 3600
    ), 86400) AS INT64)
  LEFT JOIN `slots` AS `clock_3`
    ON `clock_3`.`slot` = (
      `calendar`
    ) * 4294967296 + CAST(DIV((
      (
        LEAST(COALESCE(`ended_at`, `closes`), `closes`)
      ) - 3600
    ), 86400) AS INT64)
  LEFT JOIN `slots` AS `clock_4`
    ON `clock_4`.`slot` = (
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
            `clock_4`.`base` + CASE
              WHEN (
                GREATEST(`happened_at`, `opens`)
              ) < `clock_4`.`opens_0`
              THEN `clock_4`.`opens_0`
              WHEN (
                GREATEST(`happened_at`, `opens`)
              ) < `clock_4`.`closes_0`
              THEN (
                GREATEST(`happened_at`, `opens`)
              )
              ELSE `clock_4`.`closes_0`
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
          THEN LEAST(COALESCE(`ended_at`, `closes`), `closes`) - `happened_at`
          ELSE (
            `clock_3`.`base` + CASE
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
              ) < `clock_3`.`opens_0`
              THEN `clock_3`.`opens_0`
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
              ) < `clock_3`.`closes_0`
              THEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`)
              )
              ELSE `clock_3`.`closes_0`
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
    AND (
      (
        `business_seconds`
      ) + CASE
        WHEN TRUE
        THEN CASE
          WHEN `calendar` IS NULL
          THEN GREATEST(`happened_at`, LEAST(`since`, `closes`)) - `happened_at`
          ELSE (
            `clock_2`.`base` + CASE
              WHEN (
                GREATEST(`happened_at`, LEAST(`since`, `closes`))
              ) < `clock_2`.`opens_0`
              THEN `clock_2`.`opens_0`
              WHEN (
                GREATEST(`happened_at`, LEAST(`since`, `closes`))
              ) < `clock_2`.`closes_0`
              THEN (
                GREATEST(`happened_at`, LEAST(`since`, `closes`))
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
          THEN LEAST(COALESCE(`ended_at`, `closes`), `closes`, `until`) - `happened_at`
          ELSE (
            `clock_0`.`base` + CASE
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`, `until`)
              ) < `clock_0`.`opens_0`
              THEN `clock_0`.`opens_0`
              WHEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`, `until`)
              ) < `clock_0`.`closes_0`
              THEN (
                LEAST(COALESCE(`ended_at`, `closes`), `closes`, `until`)
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
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a level
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
      ) + CASE WHEN TRUE THEN `closes` - `happened_at` ELSE 0 END
    ) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` < `closes` AND (
      `ended_at` IS NULL OR `ended_at` >= `closes`
    )
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a level of members of a team
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
      ) + CASE WHEN TRUE THEN `closes` - `happened_at` ELSE 0 END
    ) AS `value`,
    TRUE AS `hit`
  FROM `facts` AS `fact`
  JOIN `w`
    ON `happened_at` < `closes` AND (
      `ended_at` IS NULL OR `ended_at` >= `closes`
    )
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`,
      CAST(`since` AS INT64) AS `since`,
      CAST(`until` AS INT64) AS `until`
    FROM UNNEST([
      STRUCT(
        1 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        2 AS `number`,
        11 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        3 AS `number`,
        12 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(
        0 AS `number`,
        13 AS `member`,
        -4611686018427387904 AS `since`,
        4611686018427387904 AS `until`
      ),
      STRUCT(4 AS `number`, 13 AS `member`, 1762000000 AS `since`, 4611686018427387904 AS `until`),
      STRUCT(4 AS `number`, 14 AS `member`, -4611686018427387904 AS `since`, 1763000000 AS `until`)
    ]) AS `listed`
  ) AS `m`
    ON `m`.`number` = COALESCE(`agent`, 0)
  WHERE
    `kind` = 'open'
    AND `counts_from` < `as_of`
    AND (
      `counts_until` IS NULL OR `counts_until` >= `as_of`
    )
    AND `priority` IN (
      SELECT
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
    AND `since` < `closes`
    AND `until` >= `closes`
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a removal
WITH `w` AS (
  SELECT
    CAST(`window` AS INT64) AS `window`,
    CAST(`opens` AS INT64) AS `opens`,
    CAST(`closes` AS INT64) AS `closes`,
    CAST(`as_of` AS INT64) AS `as_of`
  FROM UNNEST([
    STRUCT(0 AS `window`, 1761955200 AS `opens`, 1764547200 AS `closes`, 1767225600 AS `as_of`),
    STRUCT(1 AS `window`, 1764547200 AS `opens`, 1767225600 AS `closes`, 1767225600 AS `as_of`)
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
    ON `happened_at` >= `opens` AND `happened_at` < `closes`
  JOIN (
    SELECT
      CAST(`number` AS INT64) AS `number`,
      CAST(`member` AS INT64) AS `member`
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
        CAST(`number` AS INT64) AS `number`
      FROM UNNEST([STRUCT(2 AS `number`), STRUCT(3 AS `number`)]) AS `listed`
    )
    AND NOT `channel` IS NULL
) AS `asked_0`
GROUP BY
  `window`,
  `group`;

-- a median
-- Bigquery has no exact percentiles. Ask for an average or a count, or choose another engine.;
