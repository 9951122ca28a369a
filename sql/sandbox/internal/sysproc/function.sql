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
IF PARSENAME(@table, 3) <> DB_NAME()
    RETURN sys.[%%unkept](N'INDEX_COL in another database')
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
GO
-- The properties of one thing, or of all things of a kind on one level: each level that is named must fit, the last one may leave the name open, and
-- there must be as many levels as the thing has.
CREATE FUNCTION sys.[fn_listextendedproperty](@name sysname = NULL, @level0type varchar(128) = NULL, @level0name sysname = NULL,
    @level1type varchar(128) = NULL, @level1name sysname = NULL, @level2type varchar(128) = NULL, @level2name sysname = NULL)
RETURNS TABLE AS RETURN
SELECT CAST(COALESCE(p.t2, p.t1, p.t0) AS nvarchar(128)) AS objtype, COALESCE(p.n2, p.n1, p.n0) AS objname, p.name, p.value
FROM (
    SELECT e.name, e.value, CASE WHEN u.name IS NOT NULL THEN N'USER' WHEN s.name IS NOT NULL OR o.name IS NOT NULL THEN N'SCHEMA' END AS t0,
        COALESCE(u.name, s.name, SCHEMA_NAME(o.schema_id)) AS n0,
        CASE WHEN o.type = 'U' THEN N'TABLE' WHEN o.type = 'V' THEN N'VIEW' WHEN o.type = 'P' THEN N'PROCEDURE' WHEN o.type = 'SN' THEN N'SYNONYM'
            WHEN o.type IN ('FN', 'IF') THEN N'FUNCTION' WHEN o.type IS NOT NULL THEN N'CONSTRAINT' END AS t1,
        o.name AS n1, CASE WHEN c.name IS NOT NULL THEN N'COLUMN' END AS t2, c.name AS n2
    FROM sys.extended_properties AS e
        LEFT JOIN sys.database_principals AS u ON e.class = 4 AND u.principal_id = e.major_id
        LEFT JOIN sys.schemas AS s ON e.class = 3 AND s.schema_id = e.major_id
        LEFT JOIN sys.objects AS o ON e.class = 1 AND o.object_id = e.major_id
        LEFT JOIN sys.columns AS c ON e.class = 1 AND c.object_id = e.major_id AND c.column_id = e.minor_id
    WHERE e.class <> 1 OR o.name IS NOT NULL) AS p
WHERE (@name IS NULL OR p.name = @name)
    AND (p.t0 IS NULL AND ISNULL(@level0type, '') = '' OR p.t0 = UPPER(@level0type) AND (@level0name IS NULL OR p.n0 = @level0name))
    AND (p.t1 IS NULL AND ISNULL(@level1type, '') = '' OR p.t1 = UPPER(@level1type) AND (@level1name IS NULL OR p.n1 = @level1name))
    AND (p.t2 IS NULL AND ISNULL(@level2type, '') = '' OR p.t2 = UPPER(@level2type) AND (@level2name IS NULL OR p.n2 = @level2name))
GO
-- What OBJECTPROPERTY tells of tables and constraints.
CREATE FUNCTION sys.[%%objectproperty](@id int, @property nvarchar(4000)) RETURNS int AS
BEGIN
RETURN (SELECT CASE WHEN o.type = 'U' THEN
    CASE @property
        WHEN N'isindexed' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.index_id > 0), 1, 0)
        WHEN N'tablehasindex' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.index_id > 0), 1, 0)
        WHEN N'tablehasclustindex' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.index_id = 1), 1, 0)
        WHEN N'tablehasnonclustindex' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.index_id > 1), 1, 0)
        WHEN N'tablehasprimarykey' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.is_primary_key = 1), 1, 0)
        WHEN N'tablehasuniquecnst' THEN IIF(EXISTS (SELECT * FROM sys.indexes AS i WHERE i.object_id = @id AND i.is_unique_constraint = 1), 1, 0)
        WHEN N'tablehascheckcnst' THEN IIF(EXISTS (SELECT * FROM sys.check_constraints AS k WHERE k.parent_object_id = @id), 1, 0)
        WHEN N'tablehasdefaultcnst' THEN IIF(EXISTS (SELECT * FROM sys.default_constraints AS k WHERE k.parent_object_id = @id), 1, 0)
        WHEN N'tablehasforeignkey' THEN IIF(EXISTS (SELECT * FROM sys.foreign_keys AS k WHERE k.parent_object_id = @id), 1, 0)
        WHEN N'tablehasforeignref' THEN IIF(EXISTS (SELECT * FROM sys.foreign_keys AS k WHERE k.referenced_object_id = @id), 1, 0)
        WHEN N'tablehasidentity' THEN IIF(EXISTS (SELECT * FROM sys.columns AS c WHERE c.object_id = @id AND c.is_identity = 1), 1, 0)
        WHEN N'tablehastimestamp' THEN IIF(EXISTS (SELECT * FROM sys.columns AS c WHERE c.object_id = @id AND c.system_type_id = 189), 1, 0)
        WHEN N'tablehastextimage' THEN IIF(EXISTS (SELECT * FROM sys.columns AS c WHERE c.object_id = @id AND c.system_type_id IN (34, 35, 99)), 1, 0)
    END
ELSE
    CASE @property
        WHEN N'cnstisclustkey' THEN IIF(EXISTS (SELECT * FROM sys.key_constraints AS k WHERE k.object_id = @id AND k.unique_index_id = 1), 1, 0)
        WHEN N'cnstisnonclustkey' THEN IIF(EXISTS (SELECT * FROM sys.key_constraints AS k WHERE k.object_id = @id AND k.unique_index_id > 1), 1, 0)
        WHEN N'cnstisdisabled' THEN IIF(EXISTS (SELECT k.object_id FROM sys.check_constraints AS k WHERE k.object_id = @id AND k.is_disabled = 1
            UNION ALL SELECT k.object_id FROM sys.foreign_keys AS k WHERE k.object_id = @id AND k.is_disabled = 1), 1, 0)
        WHEN N'cnstisnottrusted' THEN IIF(EXISTS (SELECT k.object_id FROM sys.check_constraints AS k WHERE k.object_id = @id AND k.is_not_trusted = 1
            UNION ALL SELECT k.object_id FROM sys.foreign_keys AS k WHERE k.object_id = @id AND k.is_not_trusted = 1), 1, 0)
        WHEN N'cnstiscolumn' THEN CASE WHEN o.type = 'D' THEN 1 WHEN o.type IN ('C', 'F') THEN IIF((SELECT COUNT(*) FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE AS u
            WHERE u.CONSTRAINT_SCHEMA = SCHEMA_NAME(o.schema_id) AND u.CONSTRAINT_NAME = o.name) = 1, 1, 0) END
    END
END FROM sys.objects AS o WHERE o.object_id = @id)
END
GO
-- "SERVERPROPERTY". The instance is the default one, so that it has no name.
CREATE FUNCTION sys.[serverproperty](@property nvarchar(4000)) RETURNS sql_variant AS
BEGIN
RETURN CASE LOWER(@property)
    WHEN N'collation' THEN CAST((SELECT d.collation_name FROM sys.databases AS d WHERE d.database_id = 1) AS sql_variant)
    WHEN N'servername' THEN @@SERVERNAME
    WHEN N'machinename' THEN @@SERVERNAME
    WHEN N'computernamephysicalnetbios' THEN @@SERVERNAME
    WHEN N'instancedefaultbackuppath' THEN N'/var/opt/mssql/data/'
    WHEN N'instancedefaultdatapath' THEN N'/var/opt/mssql/data/'
    WHEN N'instancedefaultlogpath' THEN N'/var/opt/mssql/data/'
    WHEN N'filestreamsharename' THEN sys.[%%unkept](@property)
    WHEN N'processid' THEN 1
    WHEN N'hadrmanagerstatus' THEN 2
    WHEN N'engineedition' THEN 3
    WHEN N'sqlcharset' THEN CAST(1 AS tinyint)
    WHEN N'sqlcharsetname' THEN N'iso_1'
    WHEN N'edition' THEN N'Developer Edition (64-bit)'
    WHEN N'editionid' THEN CAST(-2117995310 AS bigint)
    WHEN N'licensetype' THEN N'DISABLED'
    WHEN N'pathseparator' THEN N'/'
    WHEN N'buildclrversion' THEN N'v4.0.30319'
    WHEN N'productversion' THEN N'16.0.4135.4'
    WHEN N'productmajorversion' THEN N'16'
    WHEN N'productminorversion' THEN N'0'
    WHEN N'productbuild' THEN N'4135'
    WHEN N'productlevel' THEN N'RTM'
    WHEN N'productupdatelevel' THEN N'CU14'
    WHEN N'productupdatereference' THEN N'KB5038325'
    WHEN N'resourceversion' THEN N'16.00.4135'
    WHEN N'resourcelastupdatedatetime' THEN CAST('2024-07-10T14:09:09' AS datetime)
    ELSE CASE WHEN LOWER(@property) IN (N'filestreamconfiguredlevel', N'filestreameffectivelevel', N'isadvancedanalyticsinstalled', N'isbigdatacluster',
        N'isclustered', N'isexternalauthenticationonly', N'isexternalgovernanceenabled', N'isfulltextinstalled', N'ishadrenabled', N'isintegratedsecurityonly',
        N'islocaldb', N'ispolybaseinstalled', N'isserversuspendedforsnapshotbackup', N'issingleuser', N'istempdbmetadatamemoryoptimized', N'isxtpsupported',
        N'suspendeddatabasecount') THEN CAST(0 AS sql_variant)
        ELSE sys.[%%collation]((SELECT d.collation_name FROM sys.databases AS d WHERE d.database_id = 1), @property) END
END
END
