-- The sessions that the runner may see (reference E.2), and what it may.
SELECT x.session_id, x.original_login_name, x.original_security_id, x.host_name, x.program_name, DB_NAME(x.database_id), x.login_time,
       x.last_request_start_time, x.last_request_end_time, x.status, x.open_transaction_count
FROM sys.dm_exec_sessions AS x
WHERE x.is_user_process = 1
ORDER BY x.session_id;

SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER PERFORMANCE STATE'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY LOGIN'), HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY CONNECTION'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY SECURITY DEFINITION'),
       ORIGINAL_LOGIN(), @@SPID, GETDATE(), CAST(SERVERPROPERTY('Collation') AS nvarchar(128));
