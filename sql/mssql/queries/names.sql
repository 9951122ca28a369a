-- All pairs of names, of the policy and of the site, that are one name by a
-- collation. Only the server has the tables of its version (reference A.8).
-- Along the key the join reads nothing but the equals of each name.
DECLARE @names TABLE (id int IDENTITY(1, 1) NOT NULL, name nvarchar(128) COLLATE THE_COLLATION NOT NULL, PRIMARY KEY (name, id));
-- ROWS
INSERT INTO @names (name) SELECT p.name FROM sys.database_principals AS p;
INSERT INTO @names (name) SELECT s.name FROM sys.schemas AS s;
INSERT INTO @names (name) SELECT v.name FROM sys.views AS v WHERE v.is_ms_shipped = 0;
INSERT INTO @names (name) SELECT l.name FROM sys.server_principals AS l;

SELECT a.name, b.name
FROM @names AS a
JOIN @names AS b ON b.name = a.name AND b.name > a.name COLLATE Latin1_General_BIN2;
