-- The audit of log-ins, and whatever stands in its place (reference E.4).
SET NOCOUNT ON;
SELECT a.name, CAST(CASE WHEN a.audit_guid = CAST(@guid AS uniqueidentifier) THEN 1 ELSE 0 END AS bit), a.is_state_enabled, a.on_failure, f.log_file_path, f.max_file_size, f.max_rollover_files
FROM sys.server_audits AS a
LEFT JOIN sys.server_file_audits AS f ON f.audit_id = a.audit_id
WHERE a.audit_guid = CAST(@guid AS uniqueidentifier) OR a.name = @name;

SELECT s.name, CAST(CASE WHEN s.audit_guid = CAST(@guid AS uniqueidentifier) THEN 1 ELSE 0 END AS bit), s.is_state_enabled, d.audit_action_name
FROM sys.server_audit_specifications AS s
LEFT JOIN sys.server_audit_specification_details AS d ON d.server_specification_id = s.server_specification_id
WHERE s.audit_guid = CAST(@guid AS uniqueidentifier) OR s.name = @name;

SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY SERVER AUDIT'), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION'),
       HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY SECURITY DEFINITION'), ORIGINAL_LOGIN();
