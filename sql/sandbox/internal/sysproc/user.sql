-- The users of a database.
CREATE PROCEDURE sys.sp_helpuser
    @name_in_db sysname = NULL
AS
IF @name_in_db IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @name_in_db)
BEGIN
    RAISERROR (15198, -1, -1, @name_in_db)
    RETURN 1
END
IF EXISTS (SELECT * FROM sys.database_principals WHERE name = @name_in_db AND type = 'R')
BEGIN
    SELECT r.name AS Role_name, r.principal_id AS Role_id, u.name AS Users_in_role, u.principal_id AS Userid
    FROM sys.database_role_members AS m
    JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
    JOIN sys.database_principals AS u ON u.principal_id = m.member_principal_id
    WHERE r.name = @name_in_db
    ORDER BY 1, 3
    RETURN 0
END
SELECT u.name AS UserName, ISNULL(r.name, 'public') AS RoleName, l.name AS LoginName, l.default_database_name AS DefDBName,
    u.default_schema_name AS DefSchemaName, CAST(u.principal_id AS char(10)) AS UserID, u.sid AS SID
FROM sys.database_principals AS u
LEFT JOIN sys.database_role_members AS m ON m.member_principal_id = u.principal_id
LEFT JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
LEFT JOIN sys.server_principals AS l ON l.sid = u.sid AND l.type <> 'R'
WHERE u.type <> 'R' AND (@name_in_db IS NULL OR u.name = @name_in_db)
ORDER BY 1, 2
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpntgroup
    @ntname sysname = NULL
AS
IF @ntname IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @ntname AND type = 'G')
BEGIN
    RAISERROR (15420, -1, -1, @ntname)
    RETURN 1
END
SELECT p.name AS NTGroupName, p.principal_id AS NTGroupId, p.sid AS SID,
    CASE WHEN EXISTS (SELECT * FROM sys.database_permissions AS c
        WHERE c.class = 0 AND c.type = 'CO' AND c.state IN ('G', 'W') AND c.grantee_principal_id = p.principal_id) THEN 1 ELSE 0 END AS HasDbAccess
FROM sys.database_principals AS p
WHERE p.type = 'G' AND (@ntname IS NULL OR p.name = @ntname)
ORDER BY 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_grantdbaccess
    @loginame sysname,
    @name_in_db sysname = NULL OUTPUT
AS
-- A schema of the same name comes with the user, who owns it ("sp_adduser (Transact-SQL)", Remarks).
DECLARE @text nvarchar(max)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_grantdbaccess')
    RETURN 1
END
IF @name_in_db IS NULL
    SET @name_in_db = @loginame
IF SUSER_ID(@loginame) IS NULL
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
SET @text = 'CREATE USER ' + QUOTENAME(@name_in_db) + ' FOR LOGIN ' + QUOTENAME(@loginame)
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
IF SCHEMA_ID(@name_in_db) IS NULL
BEGIN
    SET @text = 'CREATE SCHEMA ' + QUOTENAME(@name_in_db) + ' AUTHORIZATION ' + QUOTENAME(@name_in_db)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
    SET @text = 'ALTER USER ' + QUOTENAME(@name_in_db) + ' WITH DEFAULT_SCHEMA = ' + QUOTENAME(@name_in_db)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
END
RETURN 0
GO
CREATE PROCEDURE sys.sp_adduser
    @loginame sysname,
    @name_in_db sysname = NULL,
    @grpname sysname = NULL
AS
DECLARE @code int
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_adduser')
    RETURN 1
END
IF @loginame = 'guest'
BEGIN
    EXEC ('GRANT CONNECT TO guest')
    IF @@ERROR <> 0
        RETURN 1
    RETURN 0
END
IF SUSER_ID(@loginame) IS NULL
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
IF @grpname IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @grpname AND type = 'R')
BEGIN
    RAISERROR (15014, -1, -1, @grpname)
    RETURN 1
END
EXEC @code = sys.sp_grantdbaccess @loginame, @name_in_db OUTPUT
IF @code = 0 AND @grpname IS NOT NULL
    EXEC @code = sys.sp_addrolemember @grpname, @name_in_db
RETURN @code
GO
CREATE PROCEDURE sys.sp_revokedbaccess
    @name_in_db sysname
AS
-- An empty schema of the user's own name goes with them ("sp_dropuser (Transact-SQL)", Remarks).
DECLARE @text nvarchar(max)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_revokedbaccess')
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @name_in_db)
BEGIN
    RAISERROR (15151, -1, -1, 'drop', 'user', @name_in_db)
    RETURN 1
END
IF @name_in_db = 'guest'
BEGIN
    EXEC ('REVOKE CONNECT FROM guest')
    IF @@ERROR <> 0
        RETURN 1
    RETURN 0
END
IF EXISTS (SELECT * FROM sys.schemas WHERE name = @name_in_db AND principal_id = DATABASE_PRINCIPAL_ID(@name_in_db) AND principal_id > 4)
    AND NOT EXISTS (SELECT * FROM sys.objects WHERE schema_id = SCHEMA_ID(@name_in_db))
BEGIN
    SET @text = 'DROP SCHEMA ' + QUOTENAME(@name_in_db)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
END
SET @text = 'DROP USER ' + QUOTENAME(@name_in_db)
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_dropuser
    @name_in_db sysname
AS
DECLARE @code int
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_dropuser')
    RETURN 1
END
IF @name_in_db IS NULL OR NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @name_in_db)
BEGIN
    RAISERROR (15008, -1, -1, @name_in_db)
    RETURN 1
END
EXEC @code = sys.sp_revokedbaccess @name_in_db
RETURN @code
GO
CREATE PROCEDURE sys.sp_changedbowner
    @loginame sysname,
    @map varchar(5) = NULL
AS
DECLARE @text nvarchar(max) = 'ALTER AUTHORIZATION ON DATABASE::' + QUOTENAME(DB_NAME()) + ' TO ' + QUOTENAME(@loginame)
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_changeobjectowner
    @objname nvarchar(776),
    @newowner sysname
AS
-- Both owners own schemas of their own names; the permissions on the object go.
DECLARE @id int = OBJECT_ID(@objname), @text nvarchar(max)
IF @id IS NULL OR NOT EXISTS (SELECT * FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
    WHERE o.object_id = @id AND o.type IN ('U', 'V', 'P', 'FN', 'IF', 'TF') AND o.principal_id IS NULL AND s.name = USER_NAME(s.principal_id))
BEGIN
    RAISERROR (15001, -1, -1, @objname)
    RETURN 1
END
IF IS_MEMBER('db_owner') = 0 AND (IS_MEMBER('db_ddladmin') = 0 OR IS_MEMBER('db_securityadmin') = 0)
BEGIN
    RAISERROR (15247, -1, -1)
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.schemas WHERE name = @newowner AND principal_id = DATABASE_PRINCIPAL_ID(@newowner))
BEGIN
    RAISERROR (15411, -1, -1, @newowner)
    RETURN 1
END
SET @text = 'ALTER SCHEMA ' + QUOTENAME(@newowner) + ' TRANSFER OBJECT::' + QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + '.' + QUOTENAME(OBJECT_NAME(@id))
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RAISERROR (15477, -1, -1)
RETURN 0
GO
CREATE PROCEDURE sys.sp_change_users_login
    @Action varchar(10),
    @UserNamePattern sysname = NULL,
    @LoginName sysname = NULL,
    @Password sysname = NULL
AS
DECLARE @what varchar(10) = UPPER(@Action), @text nvarchar(max), @links int = 0, @made int = 0
IF IS_MEMBER('db_owner') = 0 OR @what = 'AUTO_FIX' AND IS_SRVROLEMEMBER('sysadmin') = 0
BEGIN
    RAISERROR (15247, -1, -1)
    RETURN 1
END
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15289, -1, -1)
    RETURN 1
END
IF @what NOT IN ('REPORT', 'UPDATE_ONE', 'AUTO_FIX')
BEGIN
    RAISERROR (15286, -1, -1, @Action)
    RETURN 1
END
IF @what = 'REPORT' AND COALESCE(@UserNamePattern, @LoginName, @Password) IS NOT NULL
    OR @what = 'UPDATE_ONE' AND (@UserNamePattern IS NULL OR @LoginName IS NULL OR @Password IS NOT NULL)
    OR @what = 'AUTO_FIX' AND (@UserNamePattern IS NULL OR @LoginName IS NOT NULL)
BEGIN
    RAISERROR (15600, -1, -1, 'sys.sp_change_users_login')
    RETURN 1
END
IF @what = 'REPORT'
BEGIN
    SELECT name AS UserName, sid AS UserSID FROM sys.database_principals
    WHERE type = 'S' AND authentication_type = 1 AND principal_id > 4 AND SUSER_SNAME(sid) IS NULL
    ORDER BY name
    RETURN 0
END
IF @LoginName = 'sa'
BEGIN
    RAISERROR (15287, -1, -1, @LoginName)
    RETURN 1
END
IF EXISTS (SELECT * FROM sys.database_principals WHERE name = @UserNamePattern AND principal_id <= 4)
BEGIN
    RAISERROR (15287, -1, -1, @UserNamePattern)
    RETURN 1
END
IF @what = 'UPDATE_ONE'
BEGIN
    IF NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @UserNamePattern AND type = 'S' AND authentication_type = 1)
    BEGIN
        RAISERROR (15291, -1, -1, 'User', @UserNamePattern)
        RETURN 1
    END
    IF NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @LoginName AND type = 'S')
    BEGIN
        RAISERROR (15600, -1, -1, 'sys.sp_change_users_login')
        RETURN 1
    END
END
ELSE IF EXISTS (SELECT * FROM sys.database_principals WHERE name = @UserNamePattern AND type = 'S' AND authentication_type = 1 AND SUSER_SNAME(sid) IS NULL)
BEGIN
    SET @LoginName = @UserNamePattern
    IF EXISTS (SELECT * FROM sys.server_principals WHERE name = @LoginName AND type = 'S')
    BEGIN
        RAISERROR (15292, -1, -1, @UserNamePattern)
        SET @links = 1
    END
    ELSE
    BEGIN
        IF @Password IS NULL
        BEGIN
            RAISERROR (15600, -1, -1, 'sys.sp_change_users_login')
            RETURN 1
        END
        RAISERROR (15293, -1, -1, @UserNamePattern)
        SET @text = 'CREATE LOGIN ' + QUOTENAME(@LoginName) + ' WITH PASSWORD = N' + QUOTENAME(@Password, '''')
        EXEC (@text)
        IF @@ERROR <> 0
            RETURN 1
        SET @made = 1
    END
END
IF @LoginName IS NOT NULL
BEGIN
    SET @text = 'ALTER USER ' + QUOTENAME(@UserNamePattern) + ' WITH LOGIN = ' + QUOTENAME(@LoginName)
    EXEC (@text)
    IF @@ERROR <> 0
        RETURN 1
END
IF @what = 'AUTO_FIX'
BEGIN
    RAISERROR (15295, -1, -1, @links)
    RAISERROR (15294, -1, -1, @made)
END
RETURN 0
