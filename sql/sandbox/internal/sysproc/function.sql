-- Functions about what catalog views tell. What any of them says of NULL is NULL.
CREATE FUNCTION sys.[indexproperty](@object int, @index nvarchar(4000), @property nvarchar(4000)) RETURNS int AS
BEGIN
RETURN (SELECT CASE LOWER(@property) WHEN N'indexid' THEN i.index_id WHEN N'isclustered' THEN IIF(i.index_id = 1, 1, 0) WHEN N'isunique' THEN i.is_unique
    WHEN N'indexdepth' THEN sys.[%%unkept](@property) ELSE
    CASE WHEN LOWER(@property) IN (N'indexfillfactor', N'isautostatistics', N'iscolumnstore', N'isdisabled', N'isfulltextkey', N'ishypothetical',
        N'isoptimizedforsequentialkey', N'ispadindex', N'ispagelockdisallowed', N'isrowlockdisallowed', N'isstatistics') THEN 0 END END
FROM sys.indexes AS i WHERE i.object_id = @object AND i.name = @index)
END
GO
CREATE FUNCTION sys.[indexkey_property](@object int, @index int, @key int, @property nvarchar(4000)) RETURNS int AS
BEGIN
RETURN (SELECT CASE LOWER(@property) WHEN N'columnid' THEN c.column_id WHEN N'isdescending' THEN CAST(c.is_descending_key AS int) END
FROM sys.index_columns AS c WHERE c.object_id = @object AND c.index_id = @index AND c.key_ordinal = @key)
END
GO
CREATE FUNCTION sys.[index_col](@table nvarchar(4000), @index int, @key int) RETURNS sysname AS
BEGIN
RETURN (SELECT COL_NAME(c.object_id, c.column_id) FROM sys.index_columns AS c WHERE c.object_id = OBJECT_ID(@table) AND c.index_id = @index AND c.key_ordinal = @key)
END
GO
CREATE FUNCTION sys.[stats_date](@object int, @stats int) RETURNS datetime AS
BEGIN
RETURN NULL
END
GO
CREATE FUNCTION sys.[filegroup_id](@name nvarchar(4000)) RETURNS int AS
BEGIN
RETURN (SELECT g.data_space_id FROM sys.filegroups AS g WHERE LOWER(g.name) = LOWER(@name))
END
GO
CREATE FUNCTION sys.[filegroup_name](@id int) RETURNS sysname AS
BEGIN
RETURN (SELECT g.name FROM sys.filegroups AS g WHERE g.data_space_id = @id)
END
GO
CREATE FUNCTION sys.[ident_seed](@table nvarchar(4000)) RETURNS numeric(38, 0) AS
BEGIN
RETURN (SELECT CAST(c.seed_value AS numeric(38, 0)) FROM sys.identity_columns AS c WHERE c.object_id = OBJECT_ID(@table))
END
GO
CREATE FUNCTION sys.[ident_incr](@table nvarchar(4000)) RETURNS numeric(38, 0) AS
BEGIN
RETURN (SELECT CAST(c.increment_value AS numeric(38, 0)) FROM sys.identity_columns AS c WHERE c.object_id = OBJECT_ID(@table))
END
GO
CREATE FUNCTION sys.[ident_current](@table nvarchar(4000)) RETURNS numeric(38, 0) AS
BEGIN
RETURN (SELECT CAST(ISNULL(c.last_value, c.seed_value) AS numeric(38, 0)) FROM sys.identity_columns AS c WHERE c.object_id = OBJECT_ID(@table))
END
GO
CREATE FUNCTION sys.[databasepropertyex](@database nvarchar(4000), @property nvarchar(4000)) RETURNS sql_variant AS
BEGIN
RETURN (SELECT CASE LOWER(@property)
    WHEN N'status' THEN CAST(d.state_desc AS sql_variant)
    WHEN N'updateability' THEN IIF(d.is_read_only = 1, N'READ_ONLY', N'READ_WRITE')
    WHEN N'useraccess' THEN d.user_access_desc
    WHEN N'recovery' THEN d.recovery_model_desc
    WHEN N'isautoclose' THEN CAST(d.is_auto_close_on AS int)
    WHEN N'isfulltextenabled' THEN IIF(d.database_id > 4, 1, 0)
    WHEN N'isautocreatestatistics' THEN 1
    WHEN N'isautoupdatestatistics' THEN 1
    WHEN N'lastgoodcheckdbtime' THEN CAST('1900-01-01' AS datetime) -- there is no DBCC CHECKDB
    WHEN N'collation' THEN IIF(d.state = 0, d.collation_name, NULL)
    WHEN N'version' THEN IIF(d.state = 0, 957, NULL)
    WHEN N'comparisonstyle' THEN IIF(d.state = 0, sys.[%%collation](d.collation_name, @property), NULL)
    WHEN N'lcid' THEN IIF(d.state = 0, sys.[%%collation](d.collation_name, @property), NULL)
    WHEN N'sqlsortorder' THEN IIF(d.state = 0, sys.[%%collation](d.collation_name, @property), NULL)
    ELSE CASE WHEN LOWER(@property) IN (N'isansinulldefault', N'isansinullsenabled', N'isansipaddingenabled', N'isansiwarningsenabled',
        N'isarithmeticabortenabled', N'isautocreatestatisticsincremental', N'isautoshrink', N'isclone', N'isclosecursorsoncommitenabled',
        N'isdatabasesuspendedforsnapshotbackup', N'isinstandby', N'islocalcursorsdefault', N'ismemoryoptimizedelevatetosnapshotenabled',
        N'ismergepublished', N'isnullconcat', N'isnumericroundabortenabled', N'isparameterizationforced', N'isquotedidentifiersenabled',
        N'ispublished', N'isrecursivetriggersenabled', N'issubscribed', N'issyncwithbackup', N'istornpagedetectionenabled', N'isverifiedclone',
        N'isxtpsupported') THEN 0 END END
FROM sys.databases AS d WHERE d.database_id = DB_ID(@database))
END
GO
CREATE FUNCTION sys.[fulltextserviceproperty](@property nvarchar(4000)) RETURNS int AS
BEGIN
-- Full-text search is not installed.
RETURN CASE WHEN LOWER(@property) IN (N'connecttimeout', N'datatimeout', N'isfulltextinstalled', N'loadosresources', N'resourceusage', N'verifysignature') THEN 0 END
END
GO
CREATE FUNCTION sys.[fulltextcatalogproperty](@catalog nvarchar(4000), @property nvarchar(4000)) RETURNS int AS
BEGIN
RETURN NULL
END
GO
CREATE FUNCTION sys.[assemblyproperty](@assembly nvarchar(4000), @property nvarchar(4000)) RETURNS sql_variant AS
BEGIN
RETURN NULL
END
GO
CREATE FUNCTION sys.[type_id](@type nvarchar(4000)) RETURNS int AS
BEGIN
RETURN (SELECT t.user_type_id FROM sys.types AS t WHERE LOWER(t.name) = LOWER(PARSENAME(@type, 1)) AND ISNULL(PARSENAME(@type, 2), N'sys') = N'sys')
END
GO
CREATE FUNCTION sys.[fn_varbintohexstr](@bytes varbinary(max)) RETURNS nvarchar(max) AS
BEGIN
RETURN LOWER(CONVERT(nvarchar(max), @bytes, 1))
END
GO
CREATE FUNCTION sys.[fn_varbintohexsubstring](@prefix bit, @bytes varbinary(max), @start int, @count int) RETURNS nvarchar(max) AS
BEGIN
IF @start < 1 OR @count < 0 OR @start > DATALENGTH(@bytes)
    RETURN NULL
RETURN IIF(@prefix = 1, N'0x', N'') + LOWER(CONVERT(nvarchar(max), SUBSTRING(@bytes, @start, IIF(@count = 0, DATALENGTH(@bytes), @count)), 2))
END
