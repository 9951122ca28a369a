-- A command in each database, or for each table. No page of Microsoft's has them; scripts have used them for as long as there are scripts.
CREATE PROCEDURE sys.sp_MSforeachdb
    @command1 nvarchar(2000),
    @replacechar nchar(1) = N'?',
    @command2 nvarchar(2000) = NULL,
    @command3 nvarchar(2000) = NULL,
    @precommand nvarchar(2000) = NULL,
    @postcommand nvarchar(2000) = NULL
AS
DECLARE @code int
IF @precommand IS NOT NULL
    EXEC (@precommand)
DECLARE hCForEachDatabase CURSOR GLOBAL FOR SELECT name FROM sys.databases WHERE state = 0 AND HAS_DBACCESS(name) = 1 ORDER BY database_id
EXEC @code = sys.sp_MSforeach_worker @command1, @replacechar, @command2, @command3, 1
IF @code = 0 AND @postcommand IS NOT NULL
    EXEC (@postcommand)
RETURN @code
GO
CREATE PROCEDURE sys.sp_MSforeachtable
    @command1 nvarchar(2000),
    @replacechar nchar(1) = N'?',
    @command2 nvarchar(2000) = NULL,
    @command3 nvarchar(2000) = NULL,
    @whereand nvarchar(2000) = NULL,
    @precommand nvarchar(2000) = NULL,
    @postcommand nvarchar(2000) = NULL
AS
-- What @whereand adds knows the tables as o, of sysobjects, and syso, of sys.all_objects.
DECLARE @code int, @text nvarchar(max)
IF @precommand IS NOT NULL
    EXEC (@precommand)
SET @text = 'DECLARE hCForEachTable CURSOR GLOBAL FOR SELECT QUOTENAME(SCHEMA_NAME(syso.schema_id)) + ''.'' + QUOTENAME(o.name)
    FROM dbo.sysobjects AS o JOIN sys.all_objects AS syso ON syso.object_id = o.id WHERE o.xtype = ''U'' ' + ISNULL(@whereand, '')
EXEC (@text)
IF @@ERROR <> 0
    RETURN 1
EXEC @code = sys.sp_MSforeach_worker @command1, @replacechar, @command2, @command3, 0
IF @code = 0 AND @postcommand IS NOT NULL
    EXEC (@postcommand)
RETURN @code
GO
CREATE PROCEDURE sys.sp_MSforeach_worker
    @command1 nvarchar(2000),
    @replacechar nchar(1) = N'?',
    @command2 nvarchar(2000) = NULL,
    @command3 nvarchar(2000) = NULL,
    @worker_type int = 1
AS
-- Goes over the cursor of its caller. A command that begins with ++ goes on with the one before it; a name in quotes or
-- brackets is written as it has to be there.
DECLARE @name nvarchar(517), @n int, @command nvarchar(max), @text nvarchar(max), @at int, @before nvarchar(max), @written nvarchar(1034)
IF @worker_type = 1
    OPEN hCForEachDatabase
ELSE
    OPEN hCForEachTable
IF @@ERROR <> 0
    RETURN 1
WHILE 1 = 1
BEGIN
    IF @worker_type = 1
        FETCH hCForEachDatabase INTO @name
    ELSE
        FETCH hCForEachTable INTO @name
    IF @@ERROR <> 0 OR @@FETCH_STATUS <> 0
        BREAK
    SET @n = 1
    SET @text = ''
    WHILE @n <= 4
    BEGIN
        SET @command = CASE @n WHEN 1 THEN @command1 WHEN 2 THEN @command2 WHEN 3 THEN @command3 END
        IF LEFT(@command, 2) = '++'
            SET @command = SUBSTRING(@command, 3, 2000)
        ELSE IF @text <> ''
        BEGIN
            EXEC (@text)
            SET @text = ''
        END
        SET @at = CHARINDEX(@replacechar, @command)
        WHILE @at > 0
        BEGIN
            SET @before = @text + LEFT(@command, @at - 1)
            SET @written = CASE WHEN RIGHT(@before, 1) = '[' THEN REPLACE(@name, ']', ']]')
                WHEN (LEN(@before + '.') - LEN(REPLACE(@before, '''', '') + '.')) % 2 = 1 THEN REPLACE(@name, '''', '''''') ELSE @name END
            SET @text = @before + @written
            SET @command = SUBSTRING(@command, @at + 1, 2000)
            SET @at = CHARINDEX(@replacechar, @command)
        END
        SET @text = @text + ISNULL(@command, '')
        SET @n = @n + 1
    END
END
IF @worker_type = 1
    DEALLOCATE hCForEachDatabase
ELSE
    DEALLOCATE hCForEachTable
RETURN 0
