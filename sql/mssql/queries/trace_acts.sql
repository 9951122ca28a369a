-- What the default trace has of changes to principals and permissions: Audit
-- Database Scope GDR, Schema Object GDR, Add Login to Server Role, Add DB User,
-- Add Member to DB Role, Add Role, Schema Object Take Ownership.
SELECT t.StartTime, t.EventClass, t.EventSubClass, t.Success, t.ColumnPermissions, t.Permissions,
       t.LoginName, t.SessionLoginName, t.TargetLoginName, t.TargetUserName, t.RoleName, t.ObjectName, t.ParentName,
       CAST(t.TextData AS nvarchar(4000)), t.HostName, t.ApplicationName, t.DatabaseName
FROM sys.fn_trace_gettable(@path, DEFAULT) AS t
WHERE t.EventClass IN (102, 103, 108, 109, 110, 111, 153) AND t.StartTime IS NOT NULL;
