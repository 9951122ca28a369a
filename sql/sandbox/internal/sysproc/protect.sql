-- The permissions of a database, as they were told before SQL Server 2005: those on objects, and those to run statements.
CREATE PROCEDURE sys.sp_helprotect
    @name nvarchar(776) = NULL,
    @username sysname = NULL,
    @grantorname sysname = NULL,
    @permissionarea character(10) = 'o s'
AS
DECLARE @area nvarchar(10) = ISNULL(UPPER(RTRIM(@permissionarea)), '?'), @id int
IF @area NOT LIKE '%[OS]%'
BEGIN
    RAISERROR (15300, -1, -1, @area, 'o,s')
    RETURN 1
END
IF PARSENAME(@name, 3) IS NOT NULL
BEGIN
    RAISERROR (15302, -1, -1)
    RETURN 1
END
SET NOCOUNT ON
SET @id = OBJECT_ID(@name)
CREATE TABLE #rows (category int NOT NULL, owner sysname NOT NULL, object sysname NOT NULL, grantee sysname NULL, grantor sysname NULL,
    protection char(10) NOT NULL, action nvarchar(60) NOT NULL, col sysname NOT NULL, colid int NOT NULL)
IF @area LIKE '%O%'
    INSERT #rows
    SELECT 1, SCHEMA_NAME(o.schema_id), o.name, USER_NAME(p.grantee_principal_id), USER_NAME(p.grantor_principal_id),
        CASE p.state WHEN 'D' THEN 'Deny' WHEN 'W' THEN 'Grant_WGO' ELSE 'Grant' END,
        CASE p.type WHEN 'SL' THEN 'Select' WHEN 'IN' THEN 'Insert' WHEN 'DL' THEN 'Delete' WHEN 'UP' THEN 'Update' WHEN 'RF' THEN 'References'
            WHEN 'EX' THEN 'Execute' ELSE p.permission_name END,
        CASE WHEN c.name IS NOT NULL THEN c.name WHEN p.type NOT IN ('SL', 'UP', 'RF') OR o.type NOT IN ('U', 'V', 'S', 'IT', 'TF', 'IF') THEN '.'
            WHEN e.minor_id IS NULL THEN '(All+New)' ELSE '(New)' END,
        ISNULL(c.column_id, 0)
    FROM sys.database_permissions AS p
    JOIN sys.all_objects AS o ON o.object_id = p.major_id
    LEFT JOIN (SELECT major_id, grantee_principal_id, type, MIN(minor_id) AS minor_id FROM sys.database_permissions
            WHERE class = 1 AND minor_id > 0 GROUP BY major_id, grantee_principal_id, type) AS e
        ON e.major_id = p.major_id AND e.grantee_principal_id = p.grantee_principal_id AND e.type = p.type AND p.minor_id = 0
    LEFT JOIN sys.all_columns AS c ON c.object_id = p.major_id AND c.column_id = p.minor_id
    WHERE p.class = 1 AND p.state <> 'R' AND (@name IS NULL OR p.major_id = @id)
IF @area LIKE '%O%' -- the columns that a row on the whole object still covers beside rows on some of them
    INSERT #rows
    SELECT 1, SCHEMA_NAME(o.schema_id), o.name, USER_NAME(p.grantee_principal_id), USER_NAME(p.grantor_principal_id),
        CASE p.state WHEN 'D' THEN 'Deny' WHEN 'W' THEN 'Grant_WGO' ELSE 'Grant' END,
        CASE p.type WHEN 'SL' THEN 'Select' WHEN 'UP' THEN 'Update' ELSE 'References' END, c.name, c.column_id
    FROM sys.database_permissions AS p
    JOIN sys.all_objects AS o ON o.object_id = p.major_id
    JOIN sys.all_columns AS c ON c.object_id = p.major_id
    WHERE p.class = 1 AND p.state <> 'R' AND p.minor_id = 0 AND p.type IN ('SL', 'UP', 'RF') AND (@name IS NULL OR p.major_id = @id)
        AND EXISTS (SELECT * FROM sys.database_permissions AS e WHERE e.class = 1 AND e.major_id = p.major_id AND e.type = p.type
            AND e.grantee_principal_id = p.grantee_principal_id AND e.minor_id > 0)
        AND NOT EXISTS (SELECT * FROM sys.database_permissions AS e WHERE e.class = 1 AND e.major_id = p.major_id AND e.type = p.type
            AND e.grantee_principal_id = p.grantee_principal_id AND e.minor_id = c.column_id)
IF @area LIKE '%S%'
    INSERT #rows
    SELECT 2, '.', '.', USER_NAME(grantee_principal_id), USER_NAME(grantor_principal_id),
        CASE state WHEN 'D' THEN 'Deny' WHEN 'W' THEN 'Grant_WGO' ELSE 'Grant' END,
        CASE type WHEN 'CRTB' THEN 'Create Table' WHEN 'CRVW' THEN 'Create View' WHEN 'CRPR' THEN 'Create Procedure' WHEN 'CRFN' THEN 'Create Function'
            WHEN 'CRDF' THEN 'Create Default' WHEN 'CRRU' THEN 'Create Rule' WHEN 'CRDB' THEN 'Create Database' WHEN 'BADB' THEN 'Backup Database'
            WHEN 'BALO' THEN 'Backup Transaction' ELSE permission_name END, '.', 0
    FROM sys.database_permissions
    WHERE class = 0 AND (@name IS NULL OR permission_name = @name)
DELETE #rows WHERE @username IS NOT NULL AND ISNULL(grantee, '') <> @username OR @grantorname IS NOT NULL AND ISNULL(grantor, '') <> @grantorname
IF NOT EXISTS (SELECT * FROM #rows)
BEGIN
    RAISERROR (15330, -1, -1)
    RETURN 1
END
SET NOCOUNT OFF
SELECT owner AS Owner, object AS Object, grantee AS Grantee, grantor AS Grantor, protection AS ProtectType, action AS Action, col AS [Column]
FROM #rows
ORDER BY category, owner, object, grantee, grantor, protection, action, colid
RETURN 0
