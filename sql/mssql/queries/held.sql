-- Who can enter one site, seven result sets, one round trip: names and logins,
-- not the whole snapshot (reference A.4, A.7, B.1).
SELECT DB_NAME(), d.state_desc, d.collation_name, CAST(SERVERPROPERTY('Collation') AS nvarchar(128)), ORIGINAL_LOGIN(), d.owner_sid, d.containment,
       HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'VIEW DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY SECURITY DEFINITION'),
       USER_NAME(), DATABASE_PRINCIPAL_ID()
FROM sys.databases AS d
WHERE d.name = DB_NAME();

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
WHERE x.class = 0 AND x.permission_name IN (N'CONNECT', N'CONTROL')
   OR x.class = 4 AND x.state = 'D' AND x.permission_name IN (N'VIEW DEFINITION', N'CONTROL')
ORDER BY x.class, x.major_id, x.grantee_principal_id, x.permission_name, x.grantor_principal_id;

SELECT l.principal_id, l.name, l.sid, l.type, l.is_disabled, l.is_fixed_role, l.owning_principal_id, CASE WHEN o.owner_sid IS NULL THEN 0 ELSE 1 END
FROM sys.server_principals AS l
LEFT JOIN (SELECT DISTINCT d.owner_sid FROM sys.databases AS d) AS o ON o.owner_sid = l.sid
WHERE l.type IN ('S', 'U', 'G', 'E', 'X', 'R')
ORDER BY l.principal_id;

SELECT m.role_principal_id, m.member_principal_id
FROM sys.server_role_members AS m
ORDER BY m.role_principal_id, m.member_principal_id;

SELECT x.class, x.major_id, x.grantee_principal_id, x.grantor_principal_id, x.permission_name, x.state
FROM sys.server_permissions AS x
WHERE x.class = 100 AND x.permission_name IN (N'CONNECT SQL', N'CONTROL SERVER', N'CONNECT ANY DATABASE')
ORDER BY x.grantee_principal_id, x.permission_name, x.grantor_principal_id;
