-- What ODBC and JDBC drivers ask about keys and indexes ("Catalog stored procedures (Transact-SQL)").
CREATE PROCEDURE sys.sp_pkeys
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL
AS
DECLARE @id int = OBJECT_ID(ISNULL(QUOTENAME(@table_owner) + '.', '') + QUOTENAME(@table_name))
IF @table_qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, OBJECT_SCHEMA_NAME(@id) AS TABLE_OWNER, OBJECT_NAME(@id) AS TABLE_NAME, COL_NAME(@id, k.column_id) AS COLUMN_NAME,
    CAST(k.key_ordinal AS smallint) AS KEY_SEQ, i.name AS PK_NAME
FROM sys.indexes AS i
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
WHERE i.object_id = @id AND i.is_primary_key = 1 AND k.key_ordinal > 0
ORDER BY 1, 2, 3, 5
RETURN 0
GO
CREATE PROCEDURE sys.sp_fkeys
    @pktable_name sysname = NULL,
    @pktable_owner sysname = NULL,
    @pktable_qualifier sysname = NULL,
    @fktable_name sysname = NULL,
    @fktable_owner sysname = NULL,
    @fktable_qualifier sysname = NULL
AS
DECLARE @pk int = OBJECT_ID(ISNULL(QUOTENAME(@pktable_owner) + '.', '') + QUOTENAME(@pktable_name)),
    @fk int = OBJECT_ID(ISNULL(QUOTENAME(@fktable_owner) + '.', '') + QUOTENAME(@fktable_name))
IF @pktable_name IS NULL AND @fktable_name IS NULL
BEGIN
    RAISERROR (15252, -1, -1)
    RETURN 1
END
IF @pktable_qualifier <> DB_NAME() OR @fktable_qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS PKTABLE_QUALIFIER, OBJECT_SCHEMA_NAME(f.referenced_object_id) AS PKTABLE_OWNER, OBJECT_NAME(f.referenced_object_id) AS PKTABLE_NAME,
    COL_NAME(f.referenced_object_id, k.referenced_column_id) AS PKCOLUMN_NAME, CAST(DB_NAME() AS sysname) AS FKTABLE_QUALIFIER, OBJECT_SCHEMA_NAME(f.parent_object_id) AS FKTABLE_OWNER,
    OBJECT_NAME(f.parent_object_id) AS FKTABLE_NAME, COL_NAME(f.parent_object_id, k.parent_column_id) AS FKCOLUMN_NAME, CAST(k.constraint_column_id AS smallint) AS KEY_SEQ,
    CAST(CASE f.update_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE f.update_referential_action END AS smallint) AS UPDATE_RULE,
    CAST(CASE f.delete_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE f.delete_referential_action END AS smallint) AS DELETE_RULE,
    f.name AS FK_NAME, i.name AS PK_NAME, CAST(7 AS smallint) AS DEFERRABILITY
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
LEFT JOIN sys.indexes AS i ON i.object_id = f.referenced_object_id AND i.index_id = f.key_index_id
WHERE (@pktable_name IS NULL OR f.referenced_object_id = @pk) AND (@fktable_name IS NULL OR f.parent_object_id = @fk)
ORDER BY 5, 6, 7, 9, 12
RETURN 0
GO
CREATE PROCEDURE sys.sp_statistics
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL,
    @index_name sysname = '%',
    @is_unique char(1) = 'N',
    @accuracy char(1) = 'Q'
AS
-- A row for the table, and one for each column of each index. There are no pages to be counted.
DECLARE @id int = OBJECT_ID(ISNULL(QUOTENAME(@table_owner) + '.', '') + QUOTENAME(@table_name))
IF @table_qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SELECT CAST(DB_NAME() AS sysname) AS TABLE_QUALIFIER, OBJECT_SCHEMA_NAME(@id) AS TABLE_OWNER, OBJECT_NAME(@id) AS TABLE_NAME, s.NON_UNIQUE, s.INDEX_QUALIFIER, s.INDEX_NAME, s.TYPE,
    s.SEQ_IN_INDEX, s.COLUMN_NAME, s.COLLATION, s.CARDINALITY, CAST(NULL AS int) AS PAGES, CAST(NULL AS varchar(128)) AS FILTER_CONDITION
FROM (SELECT CAST(NULL AS smallint) AS NON_UNIQUE, CAST(NULL AS sysname) AS INDEX_QUALIFIER, CAST(NULL AS sysname) AS INDEX_NAME, CAST(0 AS smallint) AS TYPE,
        CAST(NULL AS smallint) AS SEQ_IN_INDEX, CAST(NULL AS sysname) AS COLUMN_NAME, CAST(NULL AS char(1)) AS COLLATION, CAST(p.rows AS int) AS CARDINALITY
    FROM sys.partitions AS p WHERE p.object_id = @id AND p.index_id IN (0, 1)
    UNION ALL SELECT CASE i.is_unique WHEN 1 THEN 0 ELSE 1 END, OBJECT_NAME(@id), i.name, CASE i.type WHEN 1 THEN 1 ELSE 3 END, k.key_ordinal, COL_NAME(@id, k.column_id),
        CASE k.is_descending_key WHEN 1 THEN 'D' ELSE 'A' END, CASE i.is_unique WHEN 1 THEN CAST(p.rows AS int) END
    FROM sys.indexes AS i
    JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0
    LEFT JOIN sys.partitions AS p ON p.object_id = i.object_id AND p.index_id = i.index_id
    WHERE i.object_id = @id AND i.index_id > 0 AND i.name LIKE @index_name AND (@is_unique <> 'Y' OR i.is_unique = 1)) AS s
ORDER BY 4, 7, 5, 6, 8
RETURN 0
GO
CREATE PROCEDURE sys.sp_statistics_100
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL,
    @index_name sysname = '%',
    @is_unique char(1) = 'N',
    @accuracy char(1) = 'Q'
AS
DECLARE @code int
EXEC @code = sys.sp_statistics @table_name, @table_owner, @table_qualifier, @index_name, @is_unique, @accuracy
RETURN @code
GO
CREATE PROCEDURE sys.sp_special_columns
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL,
    @col_type char(1) = 'R',
    @scope char(1) = 'T',
    @nullable char(1) = 'U',
    @ODBCVer int = 2
AS
DECLARE @code int
EXEC @code = [%%special] @table_name, @table_owner, @table_qualifier, @col_type, @scope, @nullable, @ODBCVer, 0
RETURN @code
GO
CREATE PROCEDURE sys.sp_special_columns_100
    @table_name sysname,
    @table_owner sysname = NULL,
    @table_qualifier sysname = NULL,
    @col_type char(1) = 'R',
    @scope char(1) = 'T',
    @nullable char(1) = 'U',
    @ODBCVer int = 2
AS
DECLARE @code int
EXEC @code = [%%special] @table_name, @table_owner, @table_qualifier, @col_type, @scope, @nullable, @ODBCVer, 1
RETURN @code
GO
CREATE PROCEDURE sys.[%%special]
    @name sysname,
    @owner sysname,
    @qualifier sysname,
    @col_type char(1),
    @scope char(1),
    @nullable char(1),
    @ODBCVer int,
    @new bit
AS
-- R: the columns of the first unique index, without columns that may be NULL where @nullable is O; V: the rowversion.
DECLARE @id int = OBJECT_ID(ISNULL(QUOTENAME(@owner) + '.', '') + QUOTENAME(@name)), @index int, @code int
IF @qualifier <> DB_NAME()
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
IF @col_type NOT IN ('R', 'V')
BEGIN
    RAISERROR (15251, -1, -1, 'col_type', '''R'' or ''V''')
    RETURN 1
END
IF @scope NOT IN ('C', 'T')
BEGIN
    RAISERROR (15251, -1, -1, 'scope', '''C'' or ''T''')
    RETURN 1
END
IF @nullable NOT IN ('U', 'O')
BEGIN
    RAISERROR (15251, -1, -1, 'nullable', '''U'' or ''O''')
    RETURN 1
END
SELECT @index = MIN(i.index_id) FROM sys.indexes AS i
WHERE i.object_id = @id AND i.is_unique = 1 AND @col_type = 'R'
    AND (@nullable = 'U' OR NOT EXISTS (SELECT * FROM sys.index_columns AS k JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 AND c.is_nullable = 1))
CREATE TABLE #columns (owner sysname, name sysname, col sysname, type smallint, kind sysname, prec int, length int, scale smallint, radix smallint, nullable smallint, def nvarchar(4000) NULL,
    sql_type smallint, sub smallint NULL, octets int NULL, position int, computed bit, counts bit, ss tinyint, id int, object int)
SET @owner = OBJECT_SCHEMA_NAME(@id)
IF @id IS NOT NULL
    EXEC @code = [%%columns] @name, @owner, NULL, NULL, @ODBCVer, 0, @new
SELECT CASE WHEN @col_type = 'V' THEN CAST(NULL AS smallint) WHEN @scope = 'C' THEN CAST(0 AS smallint) ELSE CAST(1 AS smallint) END AS SCOPE, c.col AS COLUMN_NAME, c.type AS DATA_TYPE, c.kind AS TYPE_NAME,
    c.prec AS [PRECISION], c.length AS LENGTH, c.scale AS SCALE, CAST(1 AS smallint) AS PSEUDO_COLUMN
FROM #columns AS c
LEFT JOIN sys.index_columns AS k ON k.object_id = @id AND k.index_id = @index AND k.column_id = c.id AND k.key_ordinal > 0
WHERE k.column_id IS NOT NULL OR @col_type = 'V' AND c.kind = 'timestamp'
ORDER BY k.key_ordinal
RETURN 0
