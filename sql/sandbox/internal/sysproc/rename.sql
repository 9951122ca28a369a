-- What changes the name of an object, and what reads the text of a view anew.
CREATE PROCEDURE sys.sp_rename
    @objname nvarchar(1035),
    @newname sysname,
    @objtype varchar(13) = NULL
AS
-- "sp_rename (Transact-SQL)". ALTER on the object is needed: who has it not is told that there is no such item.
DECLARE @kind varchar(13) = UPPER(@objtype), @leaf sysname = PARSENAME(@objname, 1), @table nvarchar(776), @database sysname, @id int, @code int
IF @kind NOT IN ('COLUMN', 'DATABASE', 'INDEX', 'OBJECT', 'STATISTICS', 'USERDATATYPE')
BEGIN
    RAISERROR (15249, -1, -1, @objtype)
    RETURN 1
END
IF @newname IS NULL
BEGIN
    RAISERROR (15223, -1, 11, 'NewName')
    RETURN 1
END
IF @objname IS NULL
BEGIN
    RAISERROR (15223, -1, -1, 'OldName')
    RETURN 1
END
IF @newname = ''
BEGIN
    RAISERROR (15004, -1, -1)
    RAISERROR (15224, -1, 15, @newname)
    RETURN 1
END
IF @kind IN ('DATABASE', 'STATISTICS', 'USERDATATYPE')
BEGIN
    EXEC [%%refuse] @kind
    RETURN 1
END
IF @leaf IS NULL
BEGIN
    RAISERROR (15253, -1, -1, @objname)
    RETURN 1
END
-- The item is an object, or a column or an index of the table that the other parts name.
SET @table = QUOTENAME(PARSENAME(@objname, 2))
IF PARSENAME(@objname, 3) IS NOT NULL
    SET @table = QUOTENAME(PARSENAME(@objname, 3)) + '.' + @table
IF ISNULL(@kind, 'OBJECT') = 'OBJECT'
BEGIN
    SET @database = PARSENAME(@objname, 3)
    IF @database IS NULL OR @database = DB_NAME()
        SET @id = OBJECT_ID(@objname)
    IF @id IS NOT NULL
        SET @kind = 'OBJECT'
END
IF @id IS NULL AND ISNULL(@kind, '') <> 'OBJECT'
BEGIN
    SET @database = PARSENAME(@objname, 4)
    IF @database IS NULL OR @database = DB_NAME()
        SET @id = OBJECT_ID(@table, 'U')
    IF @kind IS NULL
        SET @kind = CASE WHEN COL_LENGTH(@table, @leaf) IS NULL THEN 'INDEX' ELSE 'COLUMN' END
END
IF @id IS NOT NULL
    EXEC @code = [%%rename] @id, @kind, @leaf, @newname
IF ISNULL(@code, 1) = 1
BEGIN
    IF @objtype IS NULL OR @id IS NOT NULL AND HAS_PERMS_BY_NAME(QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + '.' + QUOTENAME(OBJECT_NAME(@id)), 'OBJECT', 'ALTER') = 0
    BEGIN
        SET @database = DB_NAME()
        RAISERROR (15225, -1, -1, @objname, @database, @objtype)
    END
    ELSE
        RAISERROR (15248, -1, -1, @objtype)
    RETURN 1
END
IF @code = 2
BEGIN
    IF @kind = 'OBJECT'
        SET @kind = 'object'
    RAISERROR (15335, -1, -1, @newname, @kind)
    RETURN 1
END
IF @code = 3
BEGIN
    RAISERROR (15336, -1, -1, @objname)
    RETURN 1
END
RAISERROR (15477, -1, -1)
RETURN 0
GO
CREATE PROCEDURE sys.sp_refreshsqlmodule
    @name nvarchar(776),
    @namespace nvarchar(20) = 'OBJECT'
AS
-- "sp_refreshsqlmodule (Transact-SQL)": ALTER on the module is needed.
DECLARE @id int, @code int
IF @namespace <> 'OBJECT'
BEGIN
    EXEC [%%refuse] @namespace
    RETURN 1
END
SET @id = OBJECT_ID(@name)
IF @id IS NOT NULL
    EXEC @code = [%%refresh] @id
IF ISNULL(@code, 1) = 1
BEGIN
    RAISERROR (15165, -1, -1, @name)
    RETURN 1
END
RETURN 0
GO
CREATE PROCEDURE sys.sp_refreshview
    @viewname nvarchar(776)
AS
-- "sp_refreshview (Transact-SQL)": ALTER on the view is needed.
DECLARE @id int, @code int
SET @id = OBJECT_ID(@viewname, 'V')
IF @id IS NOT NULL
    EXEC @code = [%%refresh] @id
IF ISNULL(@code, 1) = 1
BEGIN
    RAISERROR (15165, -1, -1, @viewname)
    RETURN 1
END
RETURN 0
GO
CREATE PROCEDURE sys.sp_recompile
    @objname nvarchar(776)
AS
-- "sp_recompile (Transact-SQL)": ALTER on the object is needed. Nothing is compiled here that could be compiled again.
DECLARE @id int, @database sysname = DB_NAME()
IF PARSENAME(@objname, 3) <> @database
BEGIN
    RAISERROR (15250, -1, -1)
    RETURN 1
END
SET @id = OBJECT_ID(@objname)
IF @id IS NULL OR NOT EXISTS (SELECT * FROM sys.objects WHERE object_id = @id AND type IN ('U', 'V', 'P', 'FN', 'IF', 'TF', 'TR'))
    OR HAS_PERMS_BY_NAME(QUOTENAME(OBJECT_SCHEMA_NAME(@id)) + '.' + QUOTENAME(OBJECT_NAME(@id)), 'OBJECT', 'ALTER') = 0
BEGIN
    RAISERROR (15009, -1, -1, @objname, @database)
    RETURN 1
END
RAISERROR (15070, -1, -1, @objname)
RETURN 0
