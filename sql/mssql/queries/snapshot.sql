-- The state of one site, eight result sets, one round trip (reference H.1).
-- A missing row means "no right to see", so the first set says what the
-- runner may see.
SELECT DB_NAME(), d.state_desc, d.is_read_only, d.collation_name,
       CAST(SERVERPROPERTY('Collation') AS nvarchar(128)), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)),
       ORIGINAL_LOGIN(), USER_NAME(), DATABASE_PRINCIPAL_ID(),
       IS_SRVROLEMEMBER('sysadmin'),
       HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'CONTROL'), HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY LOGIN'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION')
FROM sys.databases AS d
WHERE d.database_id = DB_ID();

SELECT p.principal_id, p.name, p.type, p.sid, p.is_fixed_role, p.owning_principal_id, p.authentication_type,
       CASE WHEN e.major_id IS NULL THEN 0 ELSE 1 END AS managed
FROM sys.database_principals AS p
LEFT JOIN sys.extended_properties AS e ON e.class = 4 AND e.major_id = p.principal_id AND e.minor_id = 0 AND e.name = N'grantree'
ORDER BY p.principal_id;

SELECT m.role_principal_id, m.member_principal_id
FROM sys.database_role_members AS m
ORDER BY m.role_principal_id, m.member_principal_id;

SELECT x.class, x.major_id, x.minor_id, x.grantee_principal_id, x.grantor_principal_id, x.permission_name, x.state
FROM sys.database_permissions AS x
WHERE x.class IN (0, 1, 3, 4) AND NOT (x.class = 1 AND x.major_id < 0)
ORDER BY x.class, x.major_id, x.minor_id, x.grantee_principal_id, x.permission_name, x.grantor_principal_id;

SELECT s.schema_id, s.name, s.principal_id
FROM sys.schemas AS s
ORDER BY s.schema_id;

SELECT v.object_id, v.schema_id, v.name, COALESCE(v.principal_id, s.principal_id)
FROM sys.views AS v
JOIN sys.schemas AS s ON s.schema_id = v.schema_id
WHERE v.is_ms_shipped = 0
ORDER BY v.object_id;

SELECT c.object_id, c.column_id, c.name
FROM sys.columns AS c
JOIN sys.views AS v ON v.object_id = c.object_id
WHERE v.is_ms_shipped = 0
ORDER BY c.object_id, c.column_id;

SELECT l.name, l.sid, l.type, l.is_disabled
FROM sys.server_principals AS l
WHERE l.type IN ('S', 'U', 'G', 'E', 'X')
ORDER BY l.principal_id;
