-- The same rules as one query over the whole population, in whole fen and exact rates.
--
-- It can be said with running sums because every limit of the year is one figure and every event only adds: what a
-- limit L lets through of amounts a1, a2, ... is least(L, a1 + ... + ai) - least(L, a1 + ... + a(i-1)). A limit that
-- changes within the year, a set of diseases or a category that does, a visit that is given or withheld, fee lines
-- with shares by largest remainder, and the trace cannot be said so. A month has at most one visit of a person.
WITH
quota AS (
    SELECT
        person,
        sum(CASE
            WHEN place = 1 THEN quarterly_limit
            WHEN place <= 1 + stacking_max_others
                THEN (2 * quarterly_limit * stacking_num + stacking_den) // (2 * stacking_den)
            ELSE 0
        END)::BIGINT AS quota
    FROM (
        SELECT person, quarterly_limit,
            row_number() OVER (PARTITION BY person ORDER BY quarterly_limit DESC, disease) AS place
        FROM recognition JOIN disease USING (disease)
    ), law
    GROUP BY person
),
-- Basic insurance: the share, within the quarter's quota, within the year's cap.
wanted AS (
    SELECT
        visit.*, category, quota,
        CASE WHEN kind = 3
            THEN (2 * greatest(in_policy - hospital.deductible, 0) * hospital.rate_num + hospital.rate_den)
                // (2 * hospital.rate_den)
            ELSE (2 * in_policy * law.rate_num + law.rate_den) // (2 * law.rate_den)
        END AS wanted
    FROM visit JOIN person USING (person) JOIN hospital USING (hospital) LEFT JOIN quota USING (person), law
),
in_quarter AS (
    SELECT *,
        sum(wanted) OVER (PARTITION BY person, kind, (month - 1) // 3 ORDER BY month)::BIGINT AS so_far
    FROM wanted
),
within_quarter AS (
    SELECT * EXCLUDE (wanted, so_far),
        CASE WHEN kind = 1
            THEN least(quota, so_far) - least(quota, so_far - wanted)
            ELSE wanted
        END AS wanted
    FROM in_quarter
),
in_year AS (
    SELECT *, sum(wanted) OVER (PARTITION BY person ORDER BY month)::BIGINT AS so_far
    FROM within_quarter
),
basic AS (
    SELECT * EXCLUDE (wanted, so_far, pooled_cap),
        least(pooled_cap, so_far) - least(pooled_cap, so_far - wanted) AS pooled
    FROM in_year, (SELECT pooled_cap FROM law)
),
-- Catastrophic insurance: the slice of the year's burden by its bands, within the burden, within the year's cap.
burdened AS (
    SELECT *, in_policy - pooled AS burden,
        sum(in_policy - pooled) OVER (PARTITION BY person ORDER BY month)::BIGINT AS burden_after
    FROM basic
),
sliced AS (
    SELECT burdened.*,
        least(burden, (
            2 * (
                list_sum(list_transform(bands, lambda band:
                    greatest(least(burden_after - catastrophic_deductible, band.top) - band.above, 0) * band.num))
                - list_sum(list_transform(bands, lambda band:
                    greatest(least(burden_after - burden - catastrophic_deductible, band.top) - band.above, 0)
                    * band.num))
            ) + bands_den) // (2 * bands_den))::BIGINT AS due
    FROM burdened JOIN category USING (category)
),
due_in_year AS (
    SELECT *, sum(due) OVER (PARTITION BY person ORDER BY month)::BIGINT AS so_far
    FROM sliced
),
insured AS (
    SELECT due_in_year.* EXCLUDE (so_far, due),
        least(catastrophic_cap, so_far) - least(catastrophic_cap, so_far - due) AS catastrophic,
        burden - catastrophic AS remaining
    FROM due_in_year JOIN category USING (category)
),
-- Assistance: stays over the yearly deductible, special diseases at once, both within one cap.
stays_in_year AS (
    SELECT *,
        sum(CASE WHEN kind = 3 THEN remaining ELSE 0 END) OVER (PARTITION BY person ORDER BY month)::BIGINT AS so_far
    FROM insured
),
assistance_due AS (
    SELECT stays_in_year.* EXCLUDE (so_far),
        CASE kind
            WHEN 3 THEN
                (2 * (remaining
                    - least(assistance_deductible, so_far) + least(assistance_deductible, so_far - remaining)
                ) * stay_num + stay_den) // (2 * stay_den)
            WHEN 2 THEN (2 * remaining * outpatient_num + outpatient_den) // (2 * outpatient_den)
            ELSE 0
        END AS due
    FROM stays_in_year JOIN category USING (category)
),
assistance_in_year AS (
    SELECT *, sum(due) OVER (PARTITION BY person ORDER BY month)::BIGINT AS so_far
    FROM assistance_due
),
settled AS (
    SELECT person, month, kind, category, pooled, catastrophic, remaining,
        least(assistance_cap, so_far) - least(assistance_cap, so_far - due) AS assistance
    FROM assistance_in_year JOIN category USING (category)
),
-- The year's end: chronic visits' remainders, once, within what the cap still has.
year_end AS (
    SELECT person, category,
        sum(assistance)::BIGINT AS used,
        sum(CASE WHEN kind = 1 THEN remaining ELSE 0 END)::BIGINT AS base
    FROM settled
    GROUP BY person, category
)
SELECT person, month, pooled, catastrophic, assistance, remaining - assistance AS patient
FROM settled
UNION ALL
SELECT person, 13, 0, 0,
    least((2 * base * outpatient_num + outpatient_den) // (2 * outpatient_den), assistance_cap - used), 0
FROM year_end JOIN category USING (category)
