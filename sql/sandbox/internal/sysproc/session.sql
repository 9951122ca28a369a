-- Sessions and databases.
CREATE PROCEDURE sys.[%%sessions]
    @loginame sysname
AS
-- Fills #ids of the caller with the sessions that are asked for: one, those of a login, those that are active, or all.
IF @loginame IS NULL
    INSERT #ids SELECT spid FROM sys.sysprocesses
ELSE IF @loginame = 'active'
    INSERT #ids SELECT spid FROM sys.sysprocesses WHERE UPPER(cmd) <> 'AWAITING COMMAND'
ELSE IF @loginame NOT LIKE '%[^0-9]%'
    INSERT #ids SELECT spid FROM sys.sysprocesses WHERE spid = CAST(@loginame AS int)
ELSE IF SUSER_SID(@loginame) IS NULL
BEGIN
    RAISERROR (15007, -1, -1, @loginame)
    RETURN 1
END
ELSE
    INSERT #ids SELECT spid FROM sys.sysprocesses WHERE RTRIM(loginame) = @loginame
RETURN 0
GO
CREATE PROCEDURE sys.sp_who
    @loginame sysname = NULL
AS
DECLARE @code int
SET NOCOUNT ON
CREATE TABLE #ids (spid smallint)
EXEC @code = [%%sessions] @loginame
IF @code <> 0
    RETURN 1
SET NOCOUNT OFF
SELECT p.spid, p.ecid, p.status, p.loginame, p.hostname, CAST(p.blocked AS char(5)) AS blk, CASE WHEN p.dbid = 0 THEN NULL ELSE CAST(DB_NAME(p.dbid) AS nchar(128)) END AS dbname,
    CAST(p.cmd AS nchar(26)) AS cmd, p.request_id
FROM sys.sysprocesses AS p
WHERE p.spid IN (SELECT spid FROM #ids)
ORDER BY p.spid
RETURN 0
GO
CREATE PROCEDURE sys.sp_who2
    @loginame sysname = NULL
AS
DECLARE @code int
SET NOCOUNT ON
CREATE TABLE #ids (spid smallint)
EXEC @code = [%%sessions] @loginame
IF @code <> 0
    RETURN 1
SET NOCOUNT OFF
SELECT CAST(p.spid AS char(5)) AS SPID, CASE LOWER(p.status) WHEN 'sleeping' THEN LOWER(p.status) ELSE UPPER(p.status) END AS Status, p.loginame AS Login,
    CASE RTRIM(p.hostname) WHEN '' THEN '  .' ELSE RTRIM(p.hostname) END AS HostName, CASE p.blocked WHEN 0 THEN '  .' ELSE CAST(p.blocked AS char(5)) END AS BlkBy, DB_NAME(p.dbid) AS DBName, p.cmd AS Command,
    CAST(p.cpu AS varchar(12)) AS CPUTime, CAST(p.physical_io AS varchar(20)) AS DiskIO, CAST(SUBSTRING(CONVERT(varchar(30), p.last_batch, 111), 6, 5) + ' ' + CONVERT(varchar(8), p.last_batch, 108) AS varchar(14)) AS LastBatch,
    RTRIM(p.program_name) AS ProgramName, CAST(p.spid AS char(5)) AS SPID, CAST(p.request_id AS char(5)) AS REQUESTID
FROM sys.sysprocesses AS p
WHERE p.spid IN (SELECT spid FROM #ids)
ORDER BY p.spid
RETURN 0
GO
CREATE PROCEDURE sys.sp_databases
AS
-- Sizes are those of the files, in kilobytes.
SELECT d.name AS DATABASE_NAME, CAST(SUM(CAST(f.size AS bigint)) * 8 AS int) AS DATABASE_SIZE, CAST(NULL AS varchar(254)) AS REMARKS
FROM sys.databases AS d JOIN sys.master_files AS f ON f.database_id = d.database_id
WHERE d.state = 0 AND HAS_DBACCESS(d.name) = 1
GROUP BY d.name
ORDER BY 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_lock
    @spid1 int = NULL,
    @spid2 int = NULL
AS
-- VIEW SERVER STATE is needed, by the view itself.
SELECT CAST(l.request_session_id AS smallint) AS spid, CAST(l.resource_database_id AS smallint) AS dbid,
    CAST(CASE l.resource_type WHEN 'OBJECT' THEN l.resource_associated_entity_id ELSE 0 END AS int) AS ObjId, CAST(0 AS smallint) AS IndId,
    CAST(CASE l.resource_type WHEN 'APPLICATION' THEN 'APP' WHEN 'DATABASE' THEN 'DB' WHEN 'OBJECT' THEN 'TAB' WHEN 'METADATA' THEN 'MD' ELSE LEFT(l.resource_type, 3) END AS nchar(4)) AS Type,
    CAST(l.resource_description AS nchar(32)) AS Resource, CAST(l.request_mode AS nvarchar(8)) AS Mode,
    CAST(CASE l.request_status WHEN 'CONVERT' THEN 'CNVT' ELSE l.request_status END AS nvarchar(5)) AS Status
FROM sys.dm_tran_locks AS l
WHERE @spid1 IS NULL OR l.request_session_id IN (@spid1, @spid2)
ORDER BY 1, 2, 3
RETURN 0
GO
CREATE PROCEDURE sys.[%%files]
    @database sysname,
    @filename sysname
AS
-- The files of a database, or one of them, which then has no number.
SET NOCOUNT ON
CREATE TABLE #files (name sysname, fileid smallint, filename nvarchar(260), filegroup sysname NULL, size nvarchar(18), maxsize nvarchar(18), growth nvarchar(18), usage varchar(9))
INSERT #files
SELECT f.name, f.file_id, f.physical_name, CASE f.type WHEN 0 THEN 'PRIMARY' END, CAST(CAST(f.size AS bigint) * 8 AS nvarchar(15)) + ' KB',
    CASE f.max_size WHEN -1 THEN 'Unlimited' ELSE CAST(CAST(f.max_size AS bigint) * 8 AS nvarchar(15)) + ' KB' END,
    CASE f.is_percent_growth WHEN 1 THEN CAST(f.growth AS nvarchar(15)) + '%' ELSE CAST(CAST(f.growth AS bigint) * 8 AS nvarchar(15)) + ' KB' END,
    CASE f.type WHEN 0 THEN 'data only' ELSE 'log only' END
FROM sys.master_files AS f WHERE f.database_id = DB_ID(@database)
SET NOCOUNT OFF
IF @filename IS NULL
    SELECT name, fileid, filename, filegroup, size, maxsize, growth, usage FROM #files ORDER BY fileid
ELSE
    SELECT name, filename, filegroup, size, maxsize, growth, usage FROM #files WHERE name = @filename
GO
CREATE PROCEDURE sys.sp_helpdb
    @dbname sysname = NULL
AS
-- Of a database that the caller cannot enter nothing is told but that (15622). One by its name comes with its files.
DECLARE @name sysname
IF @dbname IS NOT NULL AND DB_ID(@dbname) IS NULL
BEGIN
    RAISERROR (15010, -1, -1, @dbname)
    RETURN 1
END
SET NOCOUNT ON
DECLARE names CURSOR LOCAL STATIC FOR SELECT name FROM sys.databases WHERE state = 0 AND HAS_DBACCESS(name) = 0 AND (@dbname IS NULL OR name = @dbname) ORDER BY name
OPEN names
FETCH names INTO @name
WHILE @@FETCH_STATUS = 0
BEGIN
    RAISERROR (15622, -1, -1, @name)
    FETCH names INTO @name
END
DEALLOCATE names
SET NOCOUNT OFF
IF @dbname IS NOT NULL AND ISNULL(HAS_DBACCESS(@dbname), 0) = 0
    RETURN 0
SELECT d.name AS name,
    CAST(RIGHT(SPACE(10) + CAST(CAST((SELECT SUM(CAST(f.size AS bigint)) FROM sys.master_files AS f WHERE f.database_id = d.database_id) / 128.0 AS decimal(15, 2)) AS varchar(20)), 10) + ' MB' AS nvarchar(13)) AS db_size,
    SUSER_SNAME(d.owner_sid) AS owner, CAST(d.database_id AS smallint) AS dbid, CONVERT(nvarchar(11), d.create_date) AS created,
    CAST('Status=' + d.state_desc + ', Updateability=' + CASE d.is_read_only WHEN 1 THEN 'READ_ONLY' ELSE 'READ_WRITE' END + ', UserAccess=' + d.user_access_desc + ', Recovery=' + d.recovery_model_desc
        + ', Version=' + CAST(DATABASEPROPERTYEX(d.name, 'Version') AS nvarchar(10)) + ', Collation=' + d.collation_name + ', SQLSortOrder=' + CAST(DATABASEPROPERTYEX(d.name, 'SQLSortOrder') AS nvarchar(10))
        + CASE d.is_auto_close_on WHEN 1 THEN ', IsAutoClose' ELSE '' END + CASE d.is_auto_create_stats_on WHEN 1 THEN ', IsAutoCreateStatistics' ELSE '' END
        + CASE d.is_auto_update_stats_on WHEN 1 THEN ', IsAutoUpdateStatistics' ELSE '' END + CASE d.is_fulltext_enabled WHEN 1 THEN ', IsFullTextEnabled' ELSE '' END AS nvarchar(600)) AS status,
    d.compatibility_level AS compatibility_level
FROM sys.databases AS d
WHERE d.state = 0 AND HAS_DBACCESS(d.name) = 1 AND (@dbname IS NULL OR d.name = @dbname)
ORDER BY 1
IF @dbname IS NOT NULL
    EXEC [%%files] @dbname, NULL
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpfile
    @filename sysname = NULL
AS
DECLARE @database sysname = DB_NAME()
IF @filename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.master_files WHERE database_id = DB_ID() AND name = @filename)
BEGIN
    RAISERROR (15325, -1, -1, 'file', @filename)
    RETURN 1
END
EXEC [%%files] @database, @filename
RETURN 0
GO
CREATE PROCEDURE sys.sp_configure
    @configname varchar(35) = NULL,
    @configvalue int = NULL
AS
-- Advanced options are listed where "show advanced options" is on. A part of a name will do where one option alone has it.
DECLARE @name nvarchar(35), @old int, @n int, @advanced bit, @shown int, @code int
SELECT @shown = CAST(value AS int) FROM sys.configurations WHERE name = 'show advanced options'
IF @configname IS NULL
BEGIN
    SELECT name, CAST(minimum AS int) AS minimum, CAST(maximum AS int) AS maximum, CAST(value AS int) AS config_value, CAST(value_in_use AS int) AS run_value
    FROM sys.configurations WHERE is_advanced = 0 OR @shown = 1 ORDER BY LOWER(name)
    RETURN 0
END
SELECT @name = name FROM sys.configurations WHERE name = @configname
IF @name IS NULL
BEGIN
    SELECT @n = COUNT(*), @name = MAX(name) FROM sys.configurations WHERE name LIKE '%' + @configname + '%'
    IF @n = 0
    BEGIN
        RAISERROR (15123, -1, -1, @configname)
        RETURN 1
    END
    IF @n > 1
    BEGIN
        RAISERROR (15124, -1, -1, @configname)
        RETURN 1
    END
END
SELECT @old = CAST(value AS int), @advanced = is_advanced FROM sys.configurations WHERE name = @name
IF @configvalue IS NULL
BEGIN
    IF @advanced = 1 AND @shown = 0
    BEGIN
        RAISERROR (15123, -1, -1, @configname)
        RETURN 1
    END
    SELECT name, CAST(minimum AS int) AS minimum, CAST(maximum AS int) AS maximum, CAST(value AS int) AS config_value, CAST(value_in_use AS int) AS run_value
    FROM sys.configurations WHERE name = @name
    RETURN 0
END
EXEC @code = [%%configure] @name, @configvalue
IF @code <> 0
    RETURN 1
RAISERROR (15457, -1, -1, @name, @old, @configvalue)
RETURN 0
