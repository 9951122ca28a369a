-- The logins of a server.
CREATE PROCEDURE sys.sp_helplogins
    @LoginNamePattern sysname = NULL
AS
-- Two result sets: the logins, and their users in the databases that the caller enters (15622 for the others).
DECLARE @database sysname, @text nvarchar(max)
IF IS_SRVROLEMEMBER('securityadmin') = 0 AND IS_SRVROLEMEMBER('sysadmin') = 0
BEGIN
    RAISERROR (15247, -1, -1)
    RETURN 1
END
IF @LoginNamePattern IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @LoginNamePattern AND type <> 'R')
BEGIN
    RAISERROR (15007, -1, -1, @LoginNamePattern)
    RETURN 1
END
SET NOCOUNT ON
CREATE TABLE #users (LoginName sysname NOT NULL, DBName sysname NOT NULL, UserName sysname NOT NULL, UserOrAlias char(8) NOT NULL)
DECLARE names CURSOR LOCAL STATIC FOR SELECT name FROM sys.databases WHERE state = 0 ORDER BY name
OPEN names
FETCH names INTO @database
WHILE @@FETCH_STATUS = 0
BEGIN
    IF HAS_DBACCESS(@database) = 1
    BEGIN
        SET @text = QUOTENAME(@database)
        SET @text = 'INSERT #users SELECT l.name, N' + QUOTENAME(@database, '''') + ', u.name, ''User'' FROM ' + @text + '.sys.database_principals AS u
            JOIN sys.server_principals AS l ON l.sid = u.sid WHERE u.type <> ''R'' AND l.type <> ''R''
            INSERT #users SELECT l.name, N' + QUOTENAME(@database, '''') + ', r.name, ''MemberOf'' FROM ' + @text + '.sys.database_principals AS u
            JOIN sys.server_principals AS l ON l.sid = u.sid JOIN ' + @text + '.sys.database_role_members AS m ON m.member_principal_id = u.principal_id
            JOIN ' + @text + '.sys.database_principals AS r ON r.principal_id = m.role_principal_id WHERE l.type <> ''R'''
        EXEC (@text)
    END
    ELSE
        RAISERROR (15622, -1, -1, @database)
    FETCH names INTO @database
END
DEALLOCATE names
SET NOCOUNT OFF
SELECT l.name AS LoginName, l.sid AS SID, l.default_database_name AS DefDBName, l.default_language_name AS DefLangName,
    CAST(CASE WHEN EXISTS (SELECT * FROM #users AS u WHERE u.LoginName = l.name) THEN 'yes' ELSE 'no' END AS char(5)) AS AUser, CAST('no' AS char(7)) AS ARemote
FROM sys.server_principals AS l
WHERE l.type <> 'R' AND (@LoginNamePattern IS NULL OR l.name = @LoginNamePattern)
ORDER BY 1
SELECT LoginName, DBName, UserName, UserOrAlias FROM #users
WHERE @LoginNamePattern IS NULL OR LoginName = @LoginNamePattern
ORDER BY 1, 2, 4, 3
RETURN 0
GO
CREATE PROCEDURE sys.sp_addlogin
    @loginame sysname,
    @passwd sysname = NULL,
    @defdb sysname = 'master',
    @deflanguage sysname = NULL,
    @sid varbinary(16) = NULL,
    @encryptopt varchar(20) = NULL
AS
DECLARE @text nvarchar(max)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_addlogin')
    RETURN 1
END
IF @sid IS NOT NULL AND DATALENGTH(@sid) <> 16
BEGIN
    RAISERROR (15419, -1, -1)
    RETURN 1
END
IF @encryptopt IN ('skip_encryption', 'skip_encryption_old')
BEGIN
    EXEC [%%refuse] @encryptopt
    RETURN 1
END
IF @encryptopt IS NOT NULL
BEGIN
    RAISERROR (15600, -1, -1, 'sys.sp_addlogin')
    RETURN 1
END
SET @text = 'CREATE LOGIN ' + QUOTENAME(@loginame) + ' WITH PASSWORD = N' + QUOTENAME(ISNULL(@passwd, ''), '''') + ISNULL(', SID = ' + CONVERT(varchar(40), @sid, 1), '')
    + ', DEFAULT_DATABASE = ' + QUOTENAME(@defdb) + ISNULL(', DEFAULT_LANGUAGE = ' + QUOTENAME(@deflanguage), '')
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_droplogin
    @loginame sysname
AS
DECLARE @text nvarchar(max) = 'DROP LOGIN ' + QUOTENAME(@loginame)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_droplogin')
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @loginame AND type = 'S')
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_grantlogin
    @loginame sysname
AS
DECLARE @text nvarchar(max) = QUOTENAME(@loginame)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_grantlogin')
    RETURN 1
END
IF CHARINDEX('\', @loginame) = 0
BEGIN
    RAISERROR (15407, -1, -1, @loginame)
    RETURN 1
END
IF EXISTS (SELECT * FROM sys.server_principals WHERE name = @loginame)
    SET @text = 'USE master GRANT CONNECT SQL TO ' + @text
ELSE
    SET @text = 'CREATE LOGIN ' + @text + ' FROM WINDOWS'
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_denylogin
    @loginame sysname
AS
DECLARE @text nvarchar(max) = QUOTENAME(@loginame)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_denylogin')
    RETURN 1
END
IF IS_SRVROLEMEMBER('sysadmin') = 0
BEGIN
    RAISERROR (15247, -1, -1)
    RETURN 1
END
IF CHARINDEX('\', @loginame) = 0
BEGIN
    RAISERROR (15407, -1, -1, @loginame)
    RETURN 1
END
SET @text = 'DENY CONNECT SQL TO ' + @text
IF NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @loginame)
    SET @text = 'CREATE LOGIN ' + QUOTENAME(@loginame) + ' FROM WINDOWS ' + @text
SET @text = 'USE master ' + @text
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_revokelogin
    @loginame sysname
AS
DECLARE @text nvarchar(max) = 'DROP LOGIN ' + QUOTENAME(@loginame)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_revokelogin')
    RETURN 1
END
IF CHARINDEX('\', @loginame) = 0
BEGIN
    RAISERROR (15407, -1, -1, @loginame)
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.server_principals WHERE name = @loginame AND type IN ('U', 'G'))
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_password
    @old sysname = NULL,
    @new sysname,
    @loginame sysname = NULL
AS
DECLARE @text nvarchar(max)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_password')
    RETURN 1
END
SET @text = 'ALTER LOGIN ' + QUOTENAME(ISNULL(@loginame, SUSER_SNAME())) + ' WITH PASSWORD = N' + QUOTENAME(ISNULL(@new, ''), '''')
    + ISNULL(' OLD_PASSWORD = N' + QUOTENAME(@old, ''''), '')
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_defaultdb
    @loginame sysname,
    @defdb sysname
AS
DECLARE @text nvarchar(max) = 'ALTER LOGIN ' + QUOTENAME(@loginame) + ' WITH DEFAULT_DATABASE = ' + QUOTENAME(@defdb)
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_defaultdb')
    RETURN 1
END
IF SUSER_ID(@loginame) IS NULL
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_defaultlanguage
    @loginame sysname,
    @language sysname = NULL
AS
DECLARE @text nvarchar(max) = 'ALTER LOGIN ' + QUOTENAME(@loginame) + ' WITH DEFAULT_LANGUAGE = ' + QUOTENAME(ISNULL(@language, 'us_english'))
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (15002, -1, -1, 'sys.sp_defaultlanguage')
    RETURN 1
END
IF SUSER_ID(@loginame) IS NULL
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_validatelogins
AS
-- Every account of Windows is there, so that no login has lost its own.
IF IS_SRVROLEMEMBER('securityadmin') = 0 AND IS_SRVROLEMEMBER('sysadmin') = 0
BEGIN
    RAISERROR (15247, -1, -1)
    RETURN 1
END
SELECT sid AS SID, name AS [NT Login] FROM sys.server_principals WHERE type IN ('U', 'G') AND sid IS NULL
RETURN 0
