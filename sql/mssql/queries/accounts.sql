-- The logins of a server and their passwords (reference E.1), then the sessions
-- that the runner may see (E.2). A property is NULL where it may not be seen.
SET NOCOUNT ON;
SELECT l.name, l.sid, l.type, l.is_disabled, l.create_date, s.is_policy_checked, s.is_expiration_checked,
       CAST(LOGINPROPERTY(l.name, 'IsLocked') AS int), CAST(LOGINPROPERTY(l.name, 'IsMustChange') AS int), CAST(LOGINPROPERTY(l.name, 'IsExpired') AS int),
       CAST(LOGINPROPERTY(l.name, 'BadPasswordCount') AS int), CAST(LOGINPROPERTY(l.name, 'BadPasswordTime') AS datetime),
       CAST(LOGINPROPERTY(l.name, 'LockoutTime') AS datetime), CAST(LOGINPROPERTY(l.name, 'PasswordLastSetTime') AS datetime)
FROM sys.server_principals AS l
LEFT JOIN sys.sql_logins AS s ON s.principal_id = l.principal_id
WHERE l.type IN ('S', 'U', 'E')
ORDER BY l.name;

SELECT x.session_id, x.login_name, x.original_security_id, x.host_name, x.program_name, DB_NAME(x.database_id), x.login_time,
       x.last_request_start_time, x.last_request_end_time, x.status, x.open_transaction_count
FROM sys.dm_exec_sessions AS x
WHERE x.is_user_process = 1
ORDER BY x.session_id;

SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY LOGIN'), HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY CONNECTION'), @@SPID, GETDATE(), CAST(SERVERPROPERTY('Collation') AS nvarchar(128));
