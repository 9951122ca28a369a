-- What an audit's files have of changes to principals and permissions. CLIENT
-- stands for columns that SQL Server 2016 does not have.
SELECT a.event_time, a.action_id, a.succeeded, a.server_principal_name, a.session_server_principal_name, a.target_server_principal_name,
       a.target_database_principal_name, a.class_type, a.database_name, a.schema_name, a.object_name, a.statement, CLIENT
FROM sys.fn_get_audit_file(@pattern, DEFAULT, DEFAULT) AS a
WHERE a.action_id IN ('G', 'GWG', 'R', 'RWG', 'RWC', 'D', 'DWC', 'APRL', 'DPRL', 'CR', 'DR', 'TO');
