-- What ODBC and JDBC drivers call for metadata ("Catalog stored procedures (Transact-SQL)"): tables, columns and types.
CREATE PROCEDURE sys.[%%types]
AS
-- Fills #types of the caller: the types as ODBC has them, with DATA_TYPE of ODBC 3 and of clients that know no dates, and
-- the type in old columns that are NOT NULL and in those that are not.
INSERT #types VALUES
    ('datetimeoffset', -155, -9, 34, '''', '''', 'scale', 1, 0, 3, NULL, 0, NULL, 0, 7, -155, 0, NULL, 0, 68, 0, 0),
    ('time', -154, -9, 16, '''', '''', 'scale', 1, 0, 3, NULL, 0, NULL, 0, 7, -154, 0, NULL, 0, 32, 0, 0),
    ('xml', -152, -152, 0, 'N''', '''', NULL, 1, 1, 0, NULL, 0, NULL, NULL, NULL, -152, NULL, NULL, 0, 2147483646, 0, 0),
    ('sql_variant', -150, -150, 8000, NULL, NULL, NULL, 1, 0, 2, NULL, 0, NULL, 0, 0, -150, NULL, 10, 0, 8000, 39, 39),
    ('uniqueidentifier', -11, -11, 36, '''', '''', NULL, 1, 0, 2, NULL, 0, NULL, NULL, NULL, -11, NULL, NULL, 0, 16, 37, 37),
    ('ntext', -10, -10, 1073741823, 'N''', '''', NULL, 1, 1, 1, NULL, 0, NULL, NULL, NULL, -10, NULL, NULL, 0, 2147483646, 35, 35),
    ('nvarchar', -9, -9, 4000, 'N''', '''', 'max length', 1, 1, 3, NULL, 0, NULL, NULL, NULL, -9, NULL, NULL, 0, 2, 39, 39),
    ('sysname', -9, -9, 128, 'N''', '''', NULL, 0, 1, 3, NULL, 0, NULL, NULL, NULL, -9, NULL, NULL, 18, 256, 39, 39),
    ('nchar', -8, -8, 4000, 'N''', '''', 'length', 1, 1, 3, NULL, 0, NULL, NULL, NULL, -8, NULL, NULL, 0, 2, 47, 39),
    ('bit', -7, -7, 1, NULL, NULL, NULL, 1, 0, 2, NULL, 0, NULL, 0, 0, -7, NULL, NULL, 16, 1, 50, 50),
    ('tinyint', -6, -6, 3, NULL, NULL, NULL, 1, 0, 2, 1, 0, 0, 0, 0, -6, NULL, 10, 5, 1, 48, 38),
    ('tinyint identity', -6, -6, 3, NULL, NULL, NULL, 0, 0, 2, 1, 0, 1, 0, 0, -6, NULL, 10, 5, 1, 48, 38),
    ('bigint', -5, -5, 19, NULL, NULL, NULL, 1, 0, 2, 0, 0, 0, 0, 0, -5, NULL, 10, 0, 8, 63, 108),
    ('bigint identity', -5, -5, 19, NULL, NULL, NULL, 0, 0, 2, 0, 0, 1, 0, 0, -5, NULL, 10, 0, 8, 63, 108),
    ('image', -4, -4, 2147483647, '0x', NULL, NULL, 1, 0, 0, NULL, 0, NULL, NULL, NULL, -4, NULL, NULL, 20, 2147483647, 34, 34),
    ('varbinary', -3, -3, 8000, '0x', NULL, 'max length', 1, 0, 2, NULL, 0, NULL, NULL, NULL, -3, NULL, NULL, 4, 1, 37, 37),
    ('binary', -2, -2, 8000, '0x', NULL, 'length', 1, 0, 2, NULL, 0, NULL, NULL, NULL, -2, NULL, NULL, 3, 1, 45, 37),
    ('timestamp', -2, -2, 8, '0x', NULL, NULL, 0, 0, 2, NULL, 0, NULL, NULL, NULL, -2, NULL, NULL, 80, 8, 45, 45),
    ('text', -1, -1, 2147483647, '''', '''', NULL, 1, 1, 1, NULL, 0, NULL, NULL, NULL, -1, NULL, NULL, 19, 2147483647, 35, 35),
    ('char', 1, 1, 8000, '''', '''', 'length', 1, 1, 3, NULL, 0, NULL, NULL, NULL, 1, NULL, NULL, 1, 1, 47, 39),
    ('numeric', 2, 2, 38, NULL, NULL, 'precision,scale', 1, 0, 2, 0, 0, 0, 0, 38, 2, NULL, 10, 10, 20, 63, 108),
    ('numeric() identity', 2, 2, 38, NULL, NULL, 'precision', 0, 0, 2, 0, 0, 1, 0, 0, 2, NULL, 10, 10, 20, 63, 108),
    ('decimal', 3, 3, 38, NULL, NULL, 'precision,scale', 1, 0, 2, 0, 0, 0, 0, 38, 3, NULL, 10, 24, 20, 55, 106),
    ('money', 3, 3, 19, '$', NULL, NULL, 1, 0, 2, 0, 1, 0, 4, 4, 3, NULL, 10, 11, 21, 60, 110),
    ('smallmoney', 3, 3, 10, '$', NULL, NULL, 1, 0, 2, 0, 1, 0, 4, 4, 3, NULL, 10, 21, 12, 122, 110),
    ('decimal() identity', 3, 3, 38, NULL, NULL, 'precision', 0, 0, 2, 0, 0, 1, 0, 0, 3, NULL, 10, 24, 20, 55, 106),
    ('int', 4, 4, 10, NULL, NULL, NULL, 1, 0, 2, 0, 0, 0, 0, 0, 4, NULL, 10, 7, 4, 56, 38),
    ('int identity', 4, 4, 10, NULL, NULL, NULL, 0, 0, 2, 0, 0, 1, 0, 0, 4, NULL, 10, 7, 4, 56, 38),
    ('smallint', 5, 5, 5, NULL, NULL, NULL, 1, 0, 2, 0, 0, 0, 0, 0, 5, NULL, 10, 6, 2, 52, 38),
    ('smallint identity', 5, 5, 5, NULL, NULL, NULL, 0, 0, 2, 0, 0, 1, 0, 0, 5, NULL, 10, 6, 2, 52, 38),
    ('float', 6, 6, 53, NULL, NULL, NULL, 1, 0, 2, 0, 0, 0, NULL, NULL, 6, NULL, 2, 8, 8, 62, 109),
    ('real', 7, 7, 24, NULL, NULL, NULL, 1, 0, 2, 0, 0, 0, NULL, NULL, 7, NULL, 2, 23, 4, 59, 109),
    ('varchar', 12, 12, 8000, '''', '''', 'max length', 1, 1, 3, NULL, 0, NULL, NULL, NULL, 12, NULL, NULL, 2, 1, 39, 39),
    ('date', 91, -9, 10, '''', '''', NULL, 1, 0, 3, NULL, 0, NULL, NULL, 0, 9, 1, NULL, 0, 20, 0, 0),
    ('datetime2', 93, -9, 27, '''', '''', 'scale', 1, 0, 3, NULL, 0, NULL, 0, 7, 9, 3, NULL, 0, 54, 0, 0),
    ('datetime', 93, 11, 23, '''', '''', NULL, 1, 0, 3, NULL, 0, NULL, 3, 3, 9, 3, NULL, 12, 16, 61, 111),
    ('smalldatetime', 93, 11, 16, '''', '''', NULL, 1, 0, 3, NULL, 0, NULL, 0, 0, 9, 3, NULL, 22, 16, 58, 111)
GO
CREATE PROCEDURE sys.[%%datatypes]
    @data_type int,
    @ODBCVer tinyint,
    @new bit
AS
CREATE TABLE #types (name varchar(30), type smallint, old_type smallint, prec int, prefix varchar(2), suffix varchar(1), params varchar(20), nullable smallint,
    cased smallint, searchable smallint, unsigned smallint, money smallint, counts smallint, low smallint, high smallint, sql_type smallint, sub smallint,
    radix smallint, usertype smallint, length int, fixed tinyint, variable tinyint)
SET NOCOUNT ON
EXEC [%%types]
IF @new = 0
    UPDATE #types SET type = old_type WHERE old_type = -9 OR @ODBCVer = 2
ELSE IF @ODBCVer = 2
    UPDATE #types SET type = old_type WHERE old_type = 11
SET NOCOUNT OFF
SELECT CAST(name AS sysname) AS TYPE_NAME, type AS DATA_TYPE, prec AS [PRECISION], CAST(prefix AS varchar(32)) AS LITERAL_PREFIX, CAST(suffix AS varchar(32)) AS LITERAL_SUFFIX,
    CAST(params AS varchar(32)) AS CREATE_PARAMS, nullable AS NULLABLE, CASE WHEN 'a' = 'A' THEN CAST(0 AS smallint) ELSE cased END AS CASE_SENSITIVE, searchable AS SEARCHABLE,
    unsigned AS UNSIGNED_ATTRIBUTE, money AS MONEY, counts AS AUTO_INCREMENT, CAST(name AS sysname) AS LOCAL_TYPE_NAME, low AS MINIMUM_SCALE, high AS MAXIMUM_SCALE,
    sql_type AS SQL_DATA_TYPE, sub AS SQL_DATETIME_SUB, CAST(radix AS int) AS NUM_PREC_RADIX, CAST(NULL AS smallint) AS INTERVAL_PRECISION, usertype AS USERTYPE
FROM #types
WHERE @data_type = 0 OR type = @data_type
ORDER BY 2, 12, 11, 20
GO
CREATE PROCEDURE sys.sp_datatype_info
    @data_type int = 0,
    @ODBCVer tinyint = 2
AS
EXEC [%%datatypes] @data_type, @ODBCVer, 0
RETURN 0
GO
CREATE PROCEDURE sys.sp_datatype_info_100
    @data_type int = 0,
    @ODBCVer tinyint = 2
AS
EXEC [%%datatypes] @data_type, @ODBCVer, 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_tables
    @table_name nvarchar(384) = NULL,
    @table_owner nvarchar(384) = NULL,
    @table_qualifier sysname = NULL,
    @table_type varchar(100) = NULL,
    @fUsePattern bit = 1
AS
-- Three calls with a % alone list the databases, the schemas and the kinds. Else only what the caller may read is there.
IF @table_qualifier = '%' AND @table_owner = '' AND @table_name = ''
BEGIN
    SELECT name AS TABLE_QUALIFIER, CAST(NULL AS sysname) AS TABLE_OWNER, CAST(NULL AS sysname) AS TABLE_NAME, CAST(NULL AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
    FROM sys.databases WHERE name <> 'model' ORDER BY 1
    RETURN 0
END
IF @table_qualifier = '' AND @table_owner = '%' AND @table_name = ''
BEGIN
    SELECT CAST(NULL AS sysname) AS TABLE_QUALIFIER, name AS TABLE_OWNER, CAST(NULL AS sysname) AS TABLE_NAME, CAST(NULL AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
    FROM sys.schemas ORDER BY 2
    RETURN 0
END
IF @table_qualifier = '' AND @table_owner = '' AND @table_name = '' AND @table_type = '%'
BEGIN
    SELECT CAST(NULL AS sysname) AS TABLE_QUALIFIER, CAST(NULL AS sysname) AS TABLE_OWNER, CAST(NULL AS sysname) AS TABLE_NAME, CAST(name AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
    FROM (VALUES ('SYSTEM TABLE'), ('TABLE'), ('VIEW')) AS kinds (name) ORDER BY 4
    RETURN 0
END
IF @table_qualifier <> DB_NAME() AND @table_qualifier <> ''
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, SCHEMA_NAME(o.schema_id) AS TABLE_OWNER, o.name AS TABLE_NAME,
    CAST(CASE o.type WHEN 'V' THEN 'VIEW' WHEN 'U' THEN 'TABLE' ELSE 'SYSTEM TABLE' END AS varchar(32)) AS TABLE_TYPE, CAST(NULL AS varchar(254)) AS REMARKS
FROM sys.all_objects AS o
WHERE o.type IN ('S', 'U', 'V')
    AND (ISNULL(@table_name, '') IN ('', '%') OR @fUsePattern = 1 AND o.name LIKE @table_name OR @fUsePattern = 0 AND o.name = @table_name)
    AND (ISNULL(@table_owner, '') IN ('', '%') OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @table_owner OR @fUsePattern = 0 AND SCHEMA_NAME(o.schema_id) = @table_owner)
    AND (@table_type IS NULL OR CHARINDEX('''' + CASE o.type WHEN 'V' THEN 'VIEW' WHEN 'U' THEN 'TABLE' ELSE 'SYSTEM TABLE' END + '''', @table_type) > 0)
    AND HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME(o.schema_id)) + '.' + QUOTENAME(o.name), 'OBJECT', 'SELECT') = 1
ORDER BY 4, 1, 2, 3
RETURN 0
GO
CREATE PROCEDURE sys.[%%columns]
    @name nvarchar(384),
    @owner nvarchar(384),
    @qualifier sysname,
    @column nvarchar(384),
    @ODBCVer int,
    @pattern bit,
    @new bit
AS
-- Without an owner it is the caller's own table of the name, where there is one, and those of all owners else.
DECLARE @id int
IF @qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
IF @owner IS NULL
    SET @id = OBJECT_ID(QUOTENAME(@name))
SET NOCOUNT ON
CREATE TABLE #types (name varchar(30), type smallint, old_type smallint, prec int, prefix varchar(2), suffix varchar(1), params varchar(20), nullable smallint,
    cased smallint, searchable smallint, unsigned smallint, money smallint, counts smallint, low smallint, high smallint, sql_type smallint, sub smallint,
    radix smallint, usertype smallint, length int, fixed tinyint, variable tinyint)
EXEC [%%types]
IF @new = 0
    UPDATE #types SET type = old_type WHERE old_type = -9 OR @ODBCVer = 2
ELSE IF @ODBCVer = 2
    UPDATE #types SET type = old_type WHERE old_type = 11
INSERT #columns
SELECT SCHEMA_NAME(o.schema_id), o.name, c.name, d.type,
    CASE WHEN c.is_identity = 0 THEN t.name WHEN b.name IN ('numeric', 'decimal') THEN t.name + '() identity' ELSE t.name + ' identity' END,
    CASE WHEN c.max_length = -1 OR b.name = 'sql_variant' THEN 0 WHEN b.name IN ('nchar', 'nvarchar') THEN c.max_length / 2
        WHEN b.name IN ('char', 'varchar', 'binary', 'varbinary') THEN c.max_length WHEN b.name IN ('numeric', 'decimal') THEN c.precision
        WHEN b.name IN ('time', 'datetime2', 'datetimeoffset') THEN d.prec - 7 - CASE c.scale WHEN 0 THEN 1 ELSE 0 END + c.scale ELSE d.prec END,
    CASE WHEN c.max_length = -1 THEN 0 WHEN b.name IN ('char', 'varchar', 'binary', 'varbinary', 'nchar', 'nvarchar') THEN c.max_length
        WHEN b.name IN ('numeric', 'decimal') THEN c.precision + 2
        WHEN b.name IN ('time', 'datetime2', 'datetimeoffset', 'date') AND @new = 0 THEN 2 * (d.prec - CASE b.name WHEN 'date' THEN 0 ELSE 7 - c.scale + CASE c.scale WHEN 0 THEN 1 ELSE 0 END END)
        WHEN b.name = 'date' THEN 6 WHEN b.name = 'time' THEN 12 WHEN b.name = 'datetime2' THEN 16 WHEN b.name = 'datetimeoffset' THEN 20 ELSE d.length END,
    CASE WHEN b.name IN ('numeric', 'decimal', 'time', 'datetime2', 'datetimeoffset') THEN c.scale WHEN b.name IN ('bit', 'sql_variant') THEN NULL WHEN b.name = 'date' THEN 0 ELSE d.low END,
    d.radix, CASE c.is_nullable WHEN 1 THEN 1 ELSE 0 END, OBJECT_DEFINITION(c.default_object_id), d.sql_type, d.sub,
    CASE WHEN c.max_length = -1 THEN 0 WHEN b.name IN ('char', 'varchar', 'binary', 'varbinary', 'nchar', 'nvarchar') THEN c.max_length WHEN b.name = 'sql_variant' THEN 8000 END,
    ROW_NUMBER() OVER (PARTITION BY c.object_id ORDER BY c.column_id), c.is_computed, c.is_identity, CASE c.is_nullable WHEN 1 THEN d.variable ELSE d.fixed END, c.column_id, c.object_id
FROM sys.all_objects AS o
JOIN sys.all_columns AS c ON c.object_id = o.object_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
JOIN sys.types AS b ON b.user_type_id = c.system_type_id
JOIN #types AS d ON d.name = b.name
WHERE o.type IN ('S', 'U', 'V', 'TF', 'IF')
    AND (@id IS NULL AND (@pattern = 1 AND o.name LIKE @name OR @pattern = 0 AND o.name = @name) OR o.object_id = @id)
    AND (ISNULL(@owner, '%') = '%' OR @pattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @owner OR @pattern = 0 AND SCHEMA_NAME(o.schema_id) = @owner)
DELETE #columns WHERE ISNULL(@column, '%') <> '%' AND (@pattern = 1 AND col NOT LIKE @column OR @pattern = 0 AND col <> @column)
RETURN 0
GO
CREATE PROCEDURE sys.sp_columns
    @table_name nvarchar(384),
    @table_owner nvarchar(384) = NULL,
    @table_qualifier sysname = NULL,
    @column_name nvarchar(384) = NULL,
    @ODBCVer int = 2
AS
DECLARE @code int
CREATE TABLE #columns (owner sysname, name sysname, col sysname, type smallint, kind sysname, prec int, length int, scale smallint, radix smallint, nullable smallint, def nvarchar(4000) NULL,
    sql_type smallint, sub smallint NULL, octets int NULL, position int, computed bit, counts bit, ss tinyint, id int, object int)
EXEC @code = [%%columns] @table_name, @table_owner, @table_qualifier, @column_name, @ODBCVer, 1, 0
IF @code <> 0
    RETURN 1
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, owner AS TABLE_OWNER, name AS TABLE_NAME, col AS COLUMN_NAME, type AS DATA_TYPE, kind AS TYPE_NAME, prec AS [PRECISION],
    length AS LENGTH, scale AS SCALE, radix AS RADIX, nullable AS NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS, def AS COLUMN_DEF, sql_type AS SQL_DATA_TYPE, sub AS SQL_DATETIME_SUB,
    octets AS CHAR_OCTET_LENGTH, position AS ORDINAL_POSITION, CAST(CASE nullable WHEN 1 THEN 'YES' ELSE 'NO' END AS varchar(254)) AS IS_NULLABLE, ss AS SS_DATA_TYPE
FROM #columns
ORDER BY 2, 3, 17
RETURN 0
GO
CREATE PROCEDURE sys.sp_columns_100
    @table_name nvarchar(384),
    @table_owner nvarchar(384) = NULL,
    @table_qualifier sysname = NULL,
    @column_name nvarchar(384) = NULL,
    @NameScope int = 0,
    @ODBCVer int = 2,
    @fUsePattern bit = 1
AS
DECLARE @code int
CREATE TABLE #columns (owner sysname, name sysname, col sysname, type smallint, kind sysname, prec int, length int, scale smallint, radix smallint, nullable smallint, def nvarchar(4000) NULL,
    sql_type smallint, sub smallint NULL, octets int NULL, position int, computed bit, counts bit, ss tinyint, id int, object int)
EXEC @code = [%%columns] @table_name, @table_owner, @table_qualifier, @column_name, @ODBCVer, @fUsePattern, 1
IF @code <> 0
    RETURN 1
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, owner AS TABLE_OWNER, name AS TABLE_NAME, col AS COLUMN_NAME, type AS DATA_TYPE, kind AS TYPE_NAME, prec AS [PRECISION],
    length AS LENGTH, scale AS SCALE, radix AS RADIX, nullable AS NULLABLE, CAST(NULL AS varchar(254)) AS REMARKS, def AS COLUMN_DEF, sql_type AS SQL_DATA_TYPE, sub AS SQL_DATETIME_SUB,
    octets AS CHAR_OCTET_LENGTH, position AS ORDINAL_POSITION, CAST(CASE nullable WHEN 1 THEN 'YES' ELSE 'NO' END AS varchar(254)) AS IS_NULLABLE,
    CAST(0 AS smallint) AS SS_IS_SPARSE, CAST(0 AS smallint) AS SS_IS_COLUMN_SET, CAST(computed AS smallint) AS SS_IS_COMPUTED, CAST(counts AS smallint) AS SS_IS_IDENTITY,
    CAST(NULL AS sysname) AS SS_UDT_CATALOG_NAME, CAST(NULL AS sysname) AS SS_UDT_SCHEMA_NAME, CAST(NULL AS nvarchar(4000)) AS SS_UDT_ASSEMBLY_TYPE_NAME,
    CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_CATALOG_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_SCHEMA_NAME, CAST(NULL AS sysname) AS SS_XML_SCHEMACOLLECTION_NAME,
    ss AS SS_DATA_TYPE
FROM #columns
ORDER BY 2, 3, 17
RETURN 0
GO
CREATE PROCEDURE sys.sp_table_privileges
    @table_name nvarchar(384),
    @table_owner nvarchar(384) = NULL,
    @table_qualifier sysname = NULL,
    @fUsePattern bit = 1
AS
-- The owner has every permission; the others have what was granted on the whole table.
IF @table_qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, SCHEMA_NAME(o.schema_id) AS TABLE_OWNER, o.name AS TABLE_NAME, USER_NAME(p.grantor) AS GRANTOR, USER_NAME(p.grantee) AS GRANTEE,
    CAST(p.privilege AS varchar(32)) AS PRIVILEGE, CAST(p.grantable AS varchar(3)) AS IS_GRANTABLE
FROM sys.objects AS o
JOIN (SELECT o.object_id, ISNULL(o.principal_id, s.principal_id) AS grantor, ISNULL(o.principal_id, s.principal_id) AS grantee, k.name AS privilege, 'YES' AS grantable
        FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        CROSS JOIN (VALUES ('DELETE'), ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS k (name)
    UNION ALL SELECT major_id, grantor_principal_id, grantee_principal_id, permission_name, CASE state WHEN 'W' THEN 'YES' ELSE 'NO' END
        FROM sys.database_permissions
        WHERE class = 1 AND minor_id = 0 AND state IN ('G', 'W') AND type IN ('SL', 'IN', 'UP', 'DL', 'RF')) AS p ON p.object_id = o.object_id
WHERE o.type IN ('U', 'V')
    AND (@fUsePattern = 1 AND o.name LIKE @table_name OR @fUsePattern = 0 AND o.name = @table_name)
    AND (ISNULL(@table_owner, '%') = '%' OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @table_owner OR @fUsePattern = 0 AND SCHEMA_NAME(o.schema_id) = @table_owner)
ORDER BY 1, 2, 3, 6, 5
RETURN 0
GO
CREATE PROCEDURE sys.sp_column_privileges
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL,
    @column_name nvarchar(384) = NULL
AS
-- The owner has every permission; the others have what was granted on the column, or on the whole table.
DECLARE @id int = OBJECT_ID(ISNULL(QUOTENAME(@table_owner) + '.', '') + QUOTENAME(@table_name))
IF @table_qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, OBJECT_SCHEMA_NAME(@id) AS TABLE_OWNER, OBJECT_NAME(@id) AS TABLE_NAME, c.name AS COLUMN_NAME, USER_NAME(p.grantor) AS GRANTOR,
    USER_NAME(p.grantee) AS GRANTEE, CAST(p.privilege AS varchar(32)) AS PRIVILEGE, CAST(p.grantable AS varchar(3)) AS IS_GRANTABLE
FROM sys.columns AS c
JOIN (SELECT 0 AS minor_id, ISNULL(o.principal_id, s.principal_id) AS grantor, ISNULL(o.principal_id, s.principal_id) AS grantee, k.name AS privilege, 'YES' AS grantable
        FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id
        CROSS JOIN (VALUES ('INSERT'), ('REFERENCES'), ('SELECT'), ('UPDATE')) AS k (name) WHERE o.object_id = @id
    UNION ALL SELECT minor_id, grantor_principal_id, grantee_principal_id, permission_name, CASE state WHEN 'W' THEN 'YES' ELSE 'NO' END
        FROM sys.database_permissions
        WHERE class = 1 AND major_id = @id AND state IN ('G', 'W') AND type IN ('SL', 'IN', 'UP', 'RF')) AS p ON p.minor_id IN (0, c.column_id)
WHERE c.object_id = @id AND (@column_name IS NULL OR c.name LIKE @column_name)
ORDER BY 1, 2, 3, 4, 7, 6
RETURN 0
GO
CREATE PROCEDURE sys.sp_server_info
    @attribute_id int = NULL
AS
SELECT ATTRIBUTE_ID, CAST(name AS varchar(60)) AS ATTRIBUTE_NAME, CAST(setting AS varchar(255)) AS ATTRIBUTE_VALUE
FROM (VALUES (1, 'DBMS_NAME', 'Microsoft SQL Server'),
    (2, 'DBMS_VER', 'Microsoft SQL Server ' + CASE PARSENAME(CAST(SERVERPROPERTY('ProductVersion') AS varchar(128)), 4) WHEN '13' THEN '2016' WHEN '14' THEN '2017' WHEN '15' THEN '2019' WHEN '17' THEN '2025' ELSE '2022' END
        + ' - ' + CAST(SERVERPROPERTY('ProductVersion') AS varchar(128))),
    (10, 'OWNER_TERM', 'owner'), (11, 'TABLE_TERM', 'table'), (12, 'MAX_OWNER_NAME_LENGTH', '128'), (13, 'TABLE_LENGTH', '128'), (14, 'MAX_QUAL_LENGTH', '128'), (15, 'COLUMN_LENGTH', '128'),
    (16, 'IDENTIFIER_CASE', CASE WHEN 'a' = 'A' THEN 'MIXED' ELSE 'SENSITIVE' END), (17, 'TX_ISOLATION', '2'),
    (18, 'COLLATION_SEQ', 'charset=iso_1 sort_order=nocase_iso charset_num=1 sort_order_num=52'), (19, 'SAVEPOINT_SUPPORT', 'Y'), (20, 'MULTI_RESULT_SETS', 'Y'), (22, 'ACCESSIBLE_TABLES', 'Y'),
    (100, 'USERID_LENGTH', '128'), (101, 'QUALIFIER_TERM', 'database'), (102, 'NAMED_TRANSACTIONS', 'Y'), (103, 'SPROC_AS_LANGUAGE', 'Y'), (104, 'ACCESSIBLE_SPROC', 'Y'), (105, 'MAX_INDEX_COLS', '16'),
    (106, 'RENAME_TABLE', 'Y'), (107, 'RENAME_COLUMN', 'Y'), (108, 'DROP_COLUMN', 'Y'), (109, 'INCREASE_COLUMN_LENGTH', 'Y'), (110, 'DDL_IN_TRANSACTION', 'Y'), (111, 'DESCENDING_INDEXES', 'Y'),
    (112, 'SP_RENAME', 'Y'), (113, 'REMOTE_SPROC', 'Y'), (500, 'SYS_SPROC_VERSION', CAST(SERVERPROPERTY('ProductVersion') AS varchar(128)))) AS a (ATTRIBUTE_ID, name, setting)
WHERE @attribute_id IS NULL OR ATTRIBUTE_ID = @attribute_id
ORDER BY 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_stored_procedures
    @sp_name nvarchar(390) = NULL,
    @sp_owner nvarchar(384) = NULL,
    @sp_qualifier sysname = NULL,
    @fUsePattern bit = 1
AS
-- Only what the caller may execute is there. A name without an owner is the caller's own, where there is one.
DECLARE @id int
IF @sp_qualifier <> DB_NAME() AND @sp_qualifier <> ''
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
IF @sp_owner IS NULL
    SET @id = OBJECT_ID(QUOTENAME(@sp_name))
SELECT CAST(DB_NAME() AS sysname) AS PROCEDURE_QUALIFIER, SCHEMA_NAME(o.schema_id) AS PROCEDURE_OWNER,
    CAST(o.name + CASE WHEN o.type IN ('P', 'X', 'PC') THEN ';1' ELSE ';0' END AS nvarchar(134)) AS PROCEDURE_NAME, -1 AS NUM_INPUT_PARAMS, -1 AS NUM_OUTPUT_PARAMS, -1 AS NUM_RESULT_SETS,
    CAST(NULL AS varchar(254)) AS REMARKS, CAST(2 AS smallint) AS PROCEDURE_TYPE
FROM sys.all_objects AS o
WHERE o.type IN ('P', 'PC', 'X', 'FN', 'TF', 'IF', 'FS')
    AND (@id IS NOT NULL AND o.object_id = @id OR @id IS NULL AND (ISNULL(@sp_name, '') IN ('', '%') OR @fUsePattern = 1 AND o.name LIKE @sp_name OR @fUsePattern = 0 AND o.name = @sp_name))
    AND (ISNULL(@sp_owner, '') IN ('', '%') OR @fUsePattern = 1 AND SCHEMA_NAME(o.schema_id) LIKE @sp_owner OR @fUsePattern = 0 AND SCHEMA_NAME(o.schema_id) = @sp_owner)
    AND HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME(o.schema_id)) + '.' + QUOTENAME(o.name), 'OBJECT', CASE WHEN o.type IN ('TF', 'IF') THEN 'SELECT' ELSE 'EXECUTE' END) = 1
ORDER BY 1, 2, 3
RETURN 0
