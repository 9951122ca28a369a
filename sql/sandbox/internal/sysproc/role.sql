-- The roles of a database, fixed and made, and their members. Pages are those of "Security stored procedures (Transact-SQL)".
CREATE PROCEDURE sys.sp_helprole
    @rolename sysname = NULL
AS
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type IN ('R', 'A'))
BEGIN
    RAISERROR (15409, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS RoleName, principal_id AS RoleId, CASE type WHEN 'A' THEN 1 ELSE 0 END AS IsAppRole
FROM sys.database_principals
WHERE type IN ('R', 'A') AND (@rolename IS NULL OR name = @rolename)
ORDER BY principal_id
RETURN 0
GO
CREATE PROCEDURE sys.sp_helprolemember
    @rolename sysname = NULL
AS
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type = 'R')
BEGIN
    RAISERROR (15409, -1, -1, @rolename)
    RETURN 1
END
SELECT r.name AS DbRole, p.name AS MemberName, p.sid AS MemberSID
FROM sys.database_role_members AS m
JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
JOIN sys.database_principals AS p ON p.principal_id = m.member_principal_id
WHERE @rolename IS NULL OR r.name = @rolename
ORDER BY 1, 2
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpdbfixedrole
    @rolename sysname = NULL
AS
DECLARE @roles TABLE (id int NOT NULL, name sysname NOT NULL, description nvarchar(70) NOT NULL)
SET NOCOUNT ON
INSERT @roles VALUES (1, 'db_owner', 'DB Owners'), (2, 'db_accessadmin', 'DB Access Administrators'), (3, 'db_securityadmin', 'DB Security Administrators'),
    (4, 'db_ddladmin', 'DB DDL Administrators'), (5, 'db_backupoperator', 'DB Backup Operator'), (6, 'db_datareader', 'DB Data Reader'),
    (7, 'db_datawriter', 'DB Data Writer'), (8, 'db_denydatareader', 'DB Deny Data Reader'), (9, 'db_denydatawriter', 'DB Deny Data Writer')
SET NOCOUNT OFF
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM @roles WHERE name = @rolename)
BEGIN
    RAISERROR (15412, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS DbFixedRole, description AS Description FROM @roles WHERE @rolename IS NULL OR name = @rolename ORDER BY id
RETURN 0
GO
CREATE PROCEDURE sys.sp_dbfixedrolepermission
    @rolename sysname = NULL
AS
DECLARE @rows TABLE (name sysname NOT NULL, permission nvarchar(70) NOT NULL)
SET NOCOUNT ON
INSERT @rows VALUES
    ('db_accessadmin', 'sp_dropuser'), ('db_accessadmin', 'sp_grantdbaccess'), ('db_accessadmin', 'sp_revokedbaccess'),
    ('db_backupoperator', 'BACKUP DATABASE'), ('db_backupoperator', 'BACKUP LOG'), ('db_backupoperator', 'CHECKPOINT'),
    ('db_datareader', 'SELECT permission on any object'), ('db_datawriter', 'DELETE permission on any object'),
    ('db_datawriter', 'INSERT permission on any object'), ('db_datawriter', 'UPDATE permission on any object'),
    ('db_ddladmin', 'All DDL but GRANT, REVOKE, DENY'), ('db_ddladmin', 'dbcc cleantable'), ('db_ddladmin', 'dbcc show_statistics'),
    ('db_ddladmin', 'dbcc showcontig'), ('db_ddladmin', 'REFERENCES permission on any table'), ('db_ddladmin', 'sp_changeobjectowner'),
    ('db_ddladmin', 'sp_fulltext_column'), ('db_ddladmin', 'sp_fulltext_table'), ('db_ddladmin', 'sp_recompile'), ('db_ddladmin', 'sp_rename'),
    ('db_ddladmin', 'sp_tableoption'), ('db_ddladmin', 'TRUNCATE TABLE'), ('db_denydatareader', 'No SELECT permission on any object'),
    ('db_denydatawriter', 'No DELETE permission on any object'), ('db_denydatawriter', 'No INSERT permission on any object'),
    ('db_denydatawriter', 'No UPDATE permission on any object'), ('db_owner', 'Add/drop to/from db_accessadmin'),
    ('db_owner', 'Add/drop to/from db_backupoperator'), ('db_owner', 'Add/drop to/from db_datareader'),
    ('db_owner', 'Add/drop to/from db_datawriter'), ('db_owner', 'Add/drop to/from db_ddladmin'), ('db_owner', 'Add/drop to/from db_denydatareader'),
    ('db_owner', 'Add/drop to/from db_denydatawriter'), ('db_owner', 'Add/drop to/from db_owner'), ('db_owner', 'Add/drop to/from db_securityadmin'),
    ('db_owner', 'All DDL but GRANT, REVOKE, DENY'), ('db_owner', 'BACKUP DATABASE'), ('db_owner', 'BACKUP LOG'), ('db_owner', 'CHECKPOINT'),
    ('db_owner', 'dbcc checkalloc'), ('db_owner', 'dbcc checkdb'), ('db_owner', 'dbcc checkfilegroup'), ('db_owner', 'dbcc checkident'),
    ('db_owner', 'dbcc checktable'), ('db_owner', 'dbcc cleantable'), ('db_owner', 'dbcc dbreindex'), ('db_owner', 'dbcc proccache'),
    ('db_owner', 'dbcc show_statistics'), ('db_owner', 'dbcc showcontig'), ('db_owner', 'dbcc shrinkdatabase'), ('db_owner', 'dbcc shrinkfile'),
    ('db_owner', 'dbcc updateusage'), ('db_owner', 'DELETE permission on any object'), ('db_owner', 'DENY'), ('db_owner', 'EXECUTE any procedure'),
    ('db_owner', 'GRANT'), ('db_owner', 'INSERT permission on any object'), ('db_owner', 'REFERENCES permission on any table'),
    ('db_owner', 'REVOKE'), ('db_owner', 'SELECT permission on any object'), ('db_owner', 'sp_addapprole'), ('db_owner', 'sp_addrole'),
    ('db_owner', 'sp_addrolemember'), ('db_owner', 'sp_approlepassword'), ('db_owner', 'sp_change_users_login'), ('db_owner', 'sp_changeobjectowner'),
    ('db_owner', 'sp_dbcmptlevel'), ('db_owner', 'sp_dropapprole'), ('db_owner', 'sp_droprole'), ('db_owner', 'sp_droprolemember'),
    ('db_owner', 'sp_dropuser'), ('db_owner', 'sp_fulltext_catalog'), ('db_owner', 'sp_fulltext_column'), ('db_owner', 'sp_fulltext_database'),
    ('db_owner', 'sp_fulltext_table'), ('db_owner', 'sp_grantdbaccess'), ('db_owner', 'sp_recompile'), ('db_owner', 'sp_refreshview'),
    ('db_owner', 'sp_rename'), ('db_owner', 'sp_revokedbaccess'), ('db_owner', 'sp_tableoption'), ('db_owner', 'TRUNCATE TABLE'),
    ('db_owner', 'UPDATE permission on any object'), ('db_securityadmin', 'DENY'), ('db_securityadmin', 'GRANT'), ('db_securityadmin', 'REVOKE'),
    ('db_securityadmin', 'sp_addapprole'), ('db_securityadmin', 'sp_addrole'), ('db_securityadmin', 'sp_addrolemember'),
    ('db_securityadmin', 'sp_approlepassword'), ('db_securityadmin', 'sp_changeobjectowner'), ('db_securityadmin', 'sp_dropapprole'),
    ('db_securityadmin', 'sp_droprole'), ('db_securityadmin', 'sp_droprolemember')
SET NOCOUNT OFF
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM @rows WHERE name = @rolename)
BEGIN
    RAISERROR (15412, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS DbFixedRole, permission AS Permission FROM @rows WHERE @rolename IS NULL OR name = @rolename ORDER BY 1, 2
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpsrvrole
    @srvrolename sysname = NULL
AS
DECLARE @roles TABLE (id int NOT NULL, name sysname NOT NULL, description sysname NOT NULL)
SET NOCOUNT ON
INSERT @roles VALUES (1, 'sysadmin', 'System Administrators'), (2, 'securityadmin', 'Security Administrators'), (3, 'serveradmin', 'Server Administrators'),
    (4, 'setupadmin', 'Setup Administrators'), (5, 'processadmin', 'Process Administrators'), (6, 'diskadmin', 'Disk Administrators'),
    (7, 'dbcreator', 'Database Creators'), (8, 'bulkadmin', 'Bulk Insert Administrators')
SET NOCOUNT OFF
IF @srvrolename IS NOT NULL AND NOT EXISTS (SELECT * FROM @roles WHERE name = @srvrolename)
BEGIN
    RAISERROR (15412, -1, -1, @srvrolename)
    RETURN 1
END
SELECT name AS ServerRole, description AS Description FROM @roles WHERE @srvrolename IS NULL OR name = @srvrolename ORDER BY id
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpsrvrolemember
    @srvrolename sysname = NULL
AS
IF @srvrolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @srvrolename AND type = 'R' AND is_fixed_role = 1)
BEGIN
    RAISERROR (15412, -1, -1, @srvrolename)
    RETURN 1
END
SELECT r.name AS ServerRole, p.name AS MemberName, p.sid AS MemberSID
FROM sys.server_role_members AS m
JOIN sys.server_principals AS r ON r.principal_id = m.role_principal_id AND r.is_fixed_role = 1
JOIN sys.server_principals AS p ON p.principal_id = m.member_principal_id
WHERE @srvrolename IS NULL OR r.name = @srvrolename
ORDER BY 1, 2
RETURN 0
GO
CREATE PROCEDURE sys.sp_addrole
    @rolename sysname,
    @ownername sysname = NULL
AS
-- A schema of the same name comes with the role, which owns it.
DECLARE @text nvarchar(max) = 'CREATE ROLE ' + QUOTENAME(@rolename) + ISNULL(' AUTHORIZATION ' + QUOTENAME(@ownername), '')
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_addrole')
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
IF SCHEMA_ID(@rolename) IS NULL
BEGIN
    SET @text = 'CREATE SCHEMA ' + QUOTENAME(@rolename) + ' AUTHORIZATION ' + QUOTENAME(@rolename)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
END
RETURN 0
GO
CREATE PROCEDURE sys.sp_droprole
    @rolename sysname
AS
-- An empty schema of the role's own name goes with it.
DECLARE @text nvarchar(max)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_droprole')
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename)
BEGIN
    RAISERROR (15151, -1, -1, 'drop', 'role', @rolename)
    RETURN 1
END
IF EXISTS (SELECT * FROM sys.schemas WHERE name = @rolename AND principal_id = DATABASE_PRINCIPAL_ID(@rolename))
    AND NOT EXISTS (SELECT * FROM sys.objects WHERE schema_id = SCHEMA_ID(@rolename))
BEGIN
    SET @text = 'DROP SCHEMA ' + QUOTENAME(@rolename)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
END
SET @text = 'DROP ROLE ' + QUOTENAME(@rolename)
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_addrolemember
    @rolename sysname,
    @membername sysname
AS
DECLARE @text nvarchar(max) = 'ALTER ROLE ' + QUOTENAME(@rolename) + ' ADD MEMBER ' + QUOTENAME(@membername)
IF DATABASE_PRINCIPAL_ID(@rolename) IS NOT NULL AND DATABASE_PRINCIPAL_ID(@membername) IS NULL
BEGIN
    RAISERROR (15410, -1, -1, @membername)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_droprolemember
    @rolename sysname,
    @membername sysname
AS
DECLARE @text nvarchar(max) = 'ALTER ROLE ' + QUOTENAME(@rolename) + ' DROP MEMBER ' + QUOTENAME(@membername)
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_addsrvrolemember
    @loginame sysname,
    @rolename sysname = NULL
AS
DECLARE @text nvarchar(max) = 'ALTER SERVER ROLE ' + QUOTENAME(@rolename) + ' ADD MEMBER ' + QUOTENAME(@loginame)
IF @rolename IS NULL
BEGIN
    RAISERROR (15004, -1, -1)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_dropsrvrolemember
    @loginame sysname,
    @rolename sysname = NULL
AS
DECLARE @text nvarchar(max) = 'ALTER SERVER ROLE ' + QUOTENAME(@rolename) + ' DROP MEMBER ' + QUOTENAME(@loginame)
IF @rolename IS NULL
BEGIN
    RAISERROR (15004, -1, -1)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
