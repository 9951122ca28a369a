-- The logins of a server and their passwords (reference E.1), and what logins are
-- and hold. A property is NULL where it may not be seen. What sessions.sql asks
-- comes behind it, in the same batch.
SET NOCOUNT ON;
SELECT l.name, l.sid, l.type, l.is_disabled, l.create_date, s.is_policy_checked, s.is_expiration_checked,
       CAST(LOGINPROPERTY(l.name, 'IsLocked') AS int), CAST(LOGINPROPERTY(l.name, 'IsMustChange') AS int), CAST(LOGINPROPERTY(l.name, 'IsExpired') AS int),
       CAST(LOGINPROPERTY(l.name, 'BadPasswordCount') AS int), CAST(LOGINPROPERTY(l.name, 'BadPasswordTime') AS datetime),
       CAST(LOGINPROPERTY(l.name, 'LockoutTime') AS datetime), CAST(LOGINPROPERTY(l.name, 'PasswordLastSetTime') AS datetime)
FROM sys.server_principals AS l
LEFT JOIN sys.sql_logins AS s ON s.principal_id = l.principal_id
WHERE l.type IN ('S', 'U', 'E')
ORDER BY l.name;

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
WHERE x.class = 100 AND x.permission_name IN (N'CONNECT SQL', N'CONTROL SERVER', N'CONNECT ANY DATABASE', N'IMPERSONATE ANY LOGIN')
   OR x.class = 101 AND x.permission_name IN (N'IMPERSONATE', N'CONTROL')
ORDER BY x.grantee_principal_id, x.permission_name, x.grantor_principal_id;

