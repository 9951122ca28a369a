-- Sessions and databases.
CREATE PROCEDURE sys.%%sessions
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
