-- What sp_help and its like tell of tables and other objects.
CREATE PROCEDURE sys.sp_helpindex
    @objname nvarchar(776)
AS
DECLARE @id int, @database sysname = DB_NAME()
IF PARSENAME(@objname, 3) <> @database
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SET @id = OBJECT_ID(@objname)
IF @id IS NULL
BEGIN
    RAISERROR (15009, -1, -1, @objname, @database)
    RETURN 1
END
IF NOT EXISTS (SELECT * FROM sys.indexes WHERE object_id = @id AND index_id > 0)
BEGIN
    RAISERROR (15472, -1, -1, @objname)
    RETURN 0
END
SELECT i.name AS index_name,
    CAST(CASE i.type WHEN 1 THEN 'clustered' ELSE 'nonclustered' END + CASE i.is_unique WHEN 1 THEN ', unique' ELSE '' END + CASE i.is_primary_key WHEN 1 THEN ', primary key' ELSE '' END
        + CASE i.is_unique_constraint WHEN 1 THEN ', unique key' ELSE '' END + ' located on PRIMARY' AS varchar(210)) AS index_description,
    CAST(STUFF((SELECT ', ' + COL_NAME(k.object_id, k.column_id) + CASE k.is_descending_key WHEN 1 THEN '(-)' ELSE '' END
        FROM sys.index_columns AS k WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0
        ORDER BY k.key_ordinal FOR XML PATH (''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '') AS nvarchar(2078)) AS index_keys
FROM sys.indexes AS i
WHERE i.object_id = @id AND i.index_id > 0
ORDER BY 1
RETURN 0
GO
CREATE PROCEDURE sys.sp_helpconstraint
    @objname nvarchar(776),
    @nomsg varchar(5) = 'msg'
AS
DECLARE @id int, @database sysname = DB_NAME()
IF PARSENAME(@objname, 3) <> @database
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SET @id = OBJECT_ID(@objname)
IF @id IS NULL
BEGIN
    RAISERROR (15009, -1, -1, @objname, @database)
    RETURN 1
END
IF @nomsg <> 'nomsg'
    SELECT @objname AS [Object Name]
SET NOCOUNT ON
CREATE TABLE #rows (name sysname, half int, kind nvarchar(146), shown sysname, deletes nvarchar(9), updates nvarchar(9), enabled nvarchar(8), copied nvarchar(19), keys nvarchar(2126))
INSERT #rows
SELECT i.name, 1, CASE i.is_primary_key WHEN 1 THEN 'PRIMARY KEY' ELSE 'UNIQUE' END + CASE i.type WHEN 1 THEN ' (clustered)' ELSE ' (non-clustered)' END, i.name, '(n/a)', '(n/a)', '(n/a)', '(n/a)',
    STUFF((SELECT ', ' + COL_NAME(k.object_id, k.column_id) + CASE k.is_descending_key WHEN 1 THEN '(-)' ELSE '' END FROM sys.index_columns AS k
        WHERE k.object_id = i.object_id AND k.index_id = i.index_id AND k.key_ordinal > 0 ORDER BY k.key_ordinal FOR XML PATH (''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '')
FROM sys.indexes AS i WHERE i.object_id = @id AND (i.is_primary_key = 1 OR i.is_unique_constraint = 1)
INSERT #rows
SELECT c.name, 1, CASE c.parent_column_id WHEN 0 THEN 'CHECK Table Level ' ELSE 'CHECK on column ' + COL_NAME(@id, c.parent_column_id) END, c.name, '(n/a)', '(n/a)',
    CASE c.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, CASE c.is_not_for_replication WHEN 1 THEN 'Not_For_Replication' ELSE 'Is_For_Replication' END, c.definition
FROM sys.check_constraints AS c WHERE c.parent_object_id = @id
INSERT #rows
SELECT d.name, 1, 'DEFAULT on column ' + COL_NAME(@id, d.parent_column_id), d.name, '(n/a)', '(n/a)', '(n/a)', '(n/a)', d.definition
FROM sys.default_constraints AS d WHERE d.parent_object_id = @id
INSERT #rows
SELECT f.name, 1, 'FOREIGN KEY', f.name, CASE f.delete_referential_action WHEN 0 THEN 'No Action' WHEN 1 THEN 'Cascade' WHEN 2 THEN 'Set Null' ELSE 'Set Default' END,
    CASE f.update_referential_action WHEN 0 THEN 'No Action' WHEN 1 THEN 'Cascade' WHEN 2 THEN 'Set Null' ELSE 'Set Default' END,
    CASE f.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, CASE f.is_not_for_replication WHEN 1 THEN 'Not_For_Replication' ELSE 'Is_For_Replication' END,
    STUFF((SELECT ', ' + COL_NAME(k.parent_object_id, k.parent_column_id) FROM sys.foreign_key_columns AS k WHERE k.constraint_object_id = f.object_id
        ORDER BY k.constraint_column_id FOR XML PATH (''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '')
FROM sys.foreign_keys AS f WHERE f.parent_object_id = @id
INSERT #rows
SELECT f.name, 2, ' ', ' ', ' ', ' ', ' ', ' ', 'REFERENCES ' + DB_NAME() + '.' + OBJECT_SCHEMA_NAME(f.referenced_object_id) + '.' + OBJECT_NAME(f.referenced_object_id) + ' ('
    + STUFF((SELECT ', ' + COL_NAME(k.referenced_object_id, k.referenced_column_id) FROM sys.foreign_key_columns AS k WHERE k.constraint_object_id = f.object_id
        ORDER BY k.constraint_column_id FOR XML PATH (''), TYPE).value('.', 'nvarchar(max)'), 1, 2, '') + ')'
FROM sys.foreign_keys AS f WHERE f.parent_object_id = @id
SET NOCOUNT OFF
IF EXISTS (SELECT * FROM #rows)
    SELECT kind AS constraint_type, shown AS constraint_name, deletes AS delete_action, updates AS update_action, enabled AS status_enabled, copied AS status_for_replication, keys AS constraint_keys
    FROM #rows ORDER BY name, half
ELSE
    RAISERROR (15469, -1, -1, @objname)
IF EXISTS (SELECT * FROM sys.foreign_keys WHERE referenced_object_id = @id)
    SELECT CAST(DB_NAME() + '.' + OBJECT_SCHEMA_NAME(parent_object_id) + '.' + OBJECT_NAME(parent_object_id) + ': ' + name AS nvarchar(516)) AS [Table is referenced by foreign key]
    FROM sys.foreign_keys WHERE referenced_object_id = @id ORDER BY 1
ELSE
    RAISERROR (15470, -1, -1, @objname)
RETURN 0
GO
CREATE PROCEDURE sys.[%%kind]
    @type char(2),
    @kind nvarchar(31) OUTPUT
AS
SET @kind = CASE @type WHEN 'U' THEN 'user table' WHEN 'V' THEN 'view' WHEN 'P' THEN 'stored procedure' WHEN 'PK' THEN 'primary key cns' WHEN 'UQ' THEN 'unique cns' WHEN 'F' THEN 'foreign key cns'
    WHEN 'C' THEN 'check cns' WHEN 'D' THEN 'default (maybe cns)' WHEN 'SN' THEN 'synonym' WHEN 'FN' THEN 'scalar function' WHEN 'IF' THEN 'inline function' WHEN 'TF' THEN 'table function'
    WHEN 'X' THEN 'extended stored proc' WHEN 'TR' THEN 'trigger' WHEN 'S' THEN 'system table' ELSE @type END
GO
CREATE PROCEDURE sys.sp_help
    @objname nvarchar(776) = NULL
AS
DECLARE @id int, @type char(2), @kind nvarchar(31), @database sysname = DB_NAME(), @name sysname
IF @objname IS NULL
BEGIN
    SELECT o.name AS Name, USER_NAME(OBJECTPROPERTY(o.object_id, 'OwnerId')) AS Owner,
        CAST(CASE o.type WHEN 'U' THEN 'user table' WHEN 'V' THEN 'view' WHEN 'P' THEN 'stored procedure' WHEN 'PK' THEN 'primary key cns' WHEN 'UQ' THEN 'unique cns' WHEN 'F' THEN 'foreign key cns'
            WHEN 'C' THEN 'check cns' WHEN 'D' THEN 'default (maybe cns)' WHEN 'SN' THEN 'synonym' WHEN 'FN' THEN 'scalar function' WHEN 'IF' THEN 'inline function' ELSE o.type END AS nvarchar(31)) AS Object_type
    FROM sys.objects AS o ORDER BY 2, 3 DESC, 1
    SELECT t.name AS User_type, TYPE_NAME(t.system_type_id) AS Storage_type, t.max_length AS Length, t.precision AS Prec, CAST(t.scale AS int) AS Scale,
        CAST(CASE t.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable, CAST('none' AS sysname) AS Default_name, CAST('none' AS sysname) AS Rule_name, t.collation_name AS Collation
    FROM sys.types AS t WHERE t.is_user_defined = 1 ORDER BY 1
    RETURN 0
END
IF PARSENAME(@objname, 3) <> @database
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SET @id = OBJECT_ID(@objname)
SELECT @type = type, @name = name FROM sys.all_objects WHERE object_id = @id
IF @type IS NULL
BEGIN
    RAISERROR (15009, -1, -1, @objname, @database)
    RETURN 1
END
EXEC [%%kind] @type, @kind OUTPUT
SELECT o.name AS Name, USER_NAME(ISNULL(o.principal_id, s.principal_id)) AS Owner, @kind AS Type, o.create_date AS Created_datetime
FROM sys.all_objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.object_id = @id
IF @type IN ('U', 'V', 'S', 'IF', 'TF')
    SELECT c.name AS Column_name, TYPE_NAME(c.user_type_id) AS Type, CAST(CASE c.is_computed WHEN 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Computed, CAST(c.max_length AS int) AS Length,
        CAST(CASE WHEN TYPE_NAME(c.system_type_id) IN ('tinyint', 'smallint', 'decimal', 'int', 'bigint', 'real', 'money', 'float', 'numeric', 'smallmoney', 'date', 'time', 'datetime2', 'datetimeoffset')
            THEN CAST(c.precision AS char(5)) ELSE '     ' END AS char(5)) AS Prec,
        CAST(CASE WHEN TYPE_NAME(c.system_type_id) IN ('tinyint', 'smallint', 'decimal', 'int', 'bigint', 'money', 'numeric', 'smallmoney', 'time', 'datetime2', 'datetimeoffset')
            THEN CAST(c.scale AS char(5)) ELSE '     ' END AS char(5)) AS Scale,
        CAST(CASE c.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS Nullable,
        CAST(CASE WHEN TYPE_NAME(c.system_type_id) NOT IN ('varbinary', 'varchar', 'binary', 'char') THEN '(n/a)' ELSE 'no' END AS varchar(35)) AS TrimTrailingBlanks,
        CAST(CASE WHEN TYPE_NAME(c.system_type_id) NOT IN ('varbinary', 'varchar', 'binary', 'char') THEN '(n/a)' WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END AS varchar(35)) AS FixedLenNullInSource,
        c.collation_name AS Collation
    FROM sys.all_columns AS c WHERE c.object_id = @id ORDER BY c.column_id
IF @type IN ('U', 'V', 'S', 'IF', 'TF')
BEGIN
    IF EXISTS (SELECT * FROM sys.identity_columns WHERE object_id = @id)
        SELECT name AS [Identity], CAST(seed_value AS numeric(38, 0)) AS Seed, CAST(increment_value AS numeric(38, 0)) AS Increment, CASE is_not_for_replication WHEN 1 THEN 1 ELSE 0 END AS [Not For Replication]
        FROM sys.identity_columns WHERE object_id = @id
    ELSE
        SELECT CAST('No identity column defined.' AS sysname) AS [Identity], CAST(NULL AS numeric(38, 0)) AS Seed, CAST(NULL AS numeric(38, 0)) AS Increment, CAST(NULL AS int) AS [Not For Replication]
    SELECT CAST(ISNULL((SELECT name FROM sys.columns WHERE object_id = @id AND is_rowguidcol = 1), 'No rowguidcol column defined.') AS sysname) AS [RowGuidCol]
END
IF EXISTS (SELECT * FROM sys.all_parameters WHERE object_id = @id)
    SELECT p.name AS Parameter_name, TYPE_NAME(p.user_type_id) AS Type, p.max_length AS Length,
        CAST(CASE TYPE_NAME(p.system_type_id) WHEN 'uniqueidentifier' THEN p.precision ELSE c.prec END AS int) AS Prec, CAST(c.scale AS int) AS Scale, p.parameter_id AS Param_order,
        CASE WHEN TYPE_NAME(p.system_type_id) IN ('char', 'varchar', 'nchar', 'nvarchar', 'text', 'ntext') THEN CAST(SERVERPROPERTY('Collation') AS sysname) END AS Collation
    FROM sys.all_parameters AS p
    JOIN sys.syscolumns AS c ON c.id = p.object_id AND c.name = p.name
    WHERE p.object_id = @id
    ORDER BY p.parameter_id
IF @type IN ('U', 'S')
    SELECT CAST('PRIMARY' AS nvarchar(128)) AS Data_located_on_filegroup
IF @type IN ('U', 'V', 'S')
BEGIN
    EXEC sys.sp_helpindex @objname
    EXEC sys.sp_helpconstraint @objname, 'nomsg'
END
IF @type = 'U'
BEGIN
    IF EXISTS (SELECT * FROM sys.sql_expression_dependencies WHERE referenced_id = @id AND is_schema_bound_reference = 1 AND OBJECTPROPERTY(referencing_id, 'IsView') = 1)
        SELECT DISTINCT CAST(OBJECT_SCHEMA_NAME(referencing_id) + '.' + OBJECT_NAME(referencing_id) AS nvarchar(257)) AS [Table is referenced by views]
        FROM sys.sql_expression_dependencies WHERE referenced_id = @id AND is_schema_bound_reference = 1 AND OBJECTPROPERTY(referencing_id, 'IsView') = 1
    ELSE
        RAISERROR (15647, -1, -1, @objname)
END
RETURN 0
GO
CREATE PROCEDURE sys.sp_helptext
    @objname nvarchar(776),
    @columnname sysname = NULL
AS
-- A row a line, and more for one that is longer than 255 characters.
DECLARE @id int = OBJECT_ID(@objname), @text nvarchar(max), @at int, @database sysname = DB_NAME()
IF PARSENAME(@objname, 3) <> @database
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
IF @id IS NULL
BEGIN
    RAISERROR (15009, -1, -1, @objname, @database)
    RETURN 1
END
IF @columnname IS NOT NULL
BEGIN
    IF NOT EXISTS (SELECT * FROM sys.objects WHERE object_id = @id AND type IN ('U', 'S', 'TF'))
        RAISERROR (15218, -1, -1, @objname)
    ELSE IF COL_LENGTH(@objname, @columnname) IS NULL
        RAISERROR (15645, -1, -1, @columnname)
    ELSE
        RAISERROR (15646, -1, -1, @columnname)
    RETURN 1
END
IF OBJECTPROPERTY(@id, 'IsEncrypted') = 1
BEGIN
    RAISERROR (15471, -1, -1, @objname)
    RETURN 0
END
SET @text = OBJECT_DEFINITION(@id)
IF @text IS NULL
BEGIN
    IF OBJECTPROPERTY(@id, 'IsEncrypted') = 1
    BEGIN
        RAISERROR (15471, -1, -1, @objname)
        RETURN 0
    END
    RAISERROR (15197, -1, -1, @objname)
    RETURN 1
END
SET NOCOUNT ON
CREATE TABLE #lines (n int NOT NULL IDENTITY, line nvarchar(255) NOT NULL)
WHILE DATALENGTH(@text) > 0
BEGIN
    SET @at = CHARINDEX(NCHAR(10), @text)
    IF @at = 0 OR @at > 255
        SET @at = 255
    INSERT #lines (line) VALUES (LEFT(@text, @at))
    SET @text = SUBSTRING(@text, @at + 1, 2147483647)
END
SET NOCOUNT OFF
SELECT line AS Text FROM #lines ORDER BY n
RETURN 0
