-- The roles of a database, fixed and made, and their members. Pages are those of "Security stored procedures (Transact-SQL)".
CREATE PROCEDURE sys.sp_helprole
    @rolename sysname = NULL
AS
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type IN ('R', 'A'))
BEGIN
    RAISERROR (15409, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS RoleName, CAST(principal_id AS smallint) AS RoleId, CASE type WHEN 'A' THEN 1 ELSE 0 END AS IsAppRole
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
INSERT @roles VALUES (1, 'db_owner', 'DB Owners'), (2, 'db_accessadmin', 'DB Access Administrators'), (3, 'db_securityadmin', 'DB Security Administrators'),
    (4, 'db_ddladmin', 'DB DDL Administrators'), (5, 'db_backupoperator', 'DB Backup Operator'), (6, 'db_datareader', 'DB Data Reader'),
    (7, 'db_datawriter', 'DB Data Writer'), (8, 'db_denydatareader', 'DB Deny Data Reader'), (9, 'db_denydatawriter', 'DB Deny Data Writer')
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM @roles WHERE name = @rolename)
BEGIN
    RAISERROR (15412, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS DbFixedRole, description AS Description FROM @roles WHERE @rolename IS NULL OR name = @rolename ORDER BY id
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpsrvrole
    @srvrolename sysname = NULL
AS
DECLARE @roles TABLE (id int NOT NULL, name sysname NOT NULL, description sysname NOT NULL)
INSERT @roles VALUES (1, 'sysadmin', 'System Administrators'), (2, 'securityadmin', 'Security Administrators'), (3, 'serveradmin', 'Server Administrators'),
    (4, 'setupadmin', 'Setup Administrators'), (5, 'processadmin', 'Process Administrators'), (6, 'diskadmin', 'Disk Administrators'),
    (7, 'dbcreator', 'Database Creators'), (8, 'bulkadmin', 'Bulk Insert Administrators')
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
IF NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type = 'R')
BEGIN
    RAISERROR (15014, -1, -1, @rolename)
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
