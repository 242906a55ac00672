-- The four rules over the tables pool(fqdn, role, version), sba(fqdn), backup(owner, name), user_group(name, home),
-- claim(name, level) and covers(claim, user_group): a row (rule, name, name or '') for each finding.

WITH
front_end AS (
    SELECT fqdn, version <> '' AND version <> 'lync-2010' AS is_2013 FROM pool WHERE role = 'front-end'
),
-- p names q, and one of them is of 2013 or later.
pair AS MATERIALIZED (
    SELECT p.fqdn AS p, q.fqdn AS q
    FROM backup JOIN front_end AS p ON p.fqdn = owner JOIN front_end AS q ON q.fqdn = name
    WHERE owner <> name AND (p.is_2013 OR q.is_2013)
),
partner AS (SELECT p, q FROM pair UNION SELECT q, p FROM pair)

SELECT 'asymmetric-backup', p, q FROM pair
WHERE NOT EXISTS (SELECT 1 FROM backup WHERE owner = q AND name = p)
  AND NOT EXISTS (
      SELECT 1 FROM backup LEFT JOIN front_end ON fqdn = name AND name <> owner
      WHERE owner = q AND fqdn IS NULL
  )
UNION ALL
SELECT 'multiple-partners', p, '' FROM partner GROUP BY p HAVING count(*) >= 2
UNION ALL
SELECT 'sba-without-registrar', fqdn, '' FROM sba
WHERE NOT EXISTS (SELECT 1 FROM backup WHERE owner = fqdn)
UNION ALL
SELECT 'dr-claimed-for-sba-users', claim.name, user_group.name
FROM claim
JOIN covers ON covers.claim = claim.name
JOIN user_group ON user_group.name = covers.user_group
JOIN sba ON sba.fqdn = user_group.home
WHERE claim.level = 'full';
