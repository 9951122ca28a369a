-- What the script was made from (after = 0) and what it promises (after = 1): principals that the statements name,
-- views that they are about, and the rows and memberships of these. A key is a number here below 0, or a principal_id.
DECLARE @grantree_who TABLE (n int NOT NULL PRIMARY KEY, name nvarchar(128) NOT NULL, id int NULL);
DECLARE @grantree_principal TABLE (after bit NOT NULL, n int NOT NULL, id int NULL, sid varbinary(85) NULL, marked bit NOT NULL, total int NULL, PRIMARY KEY (after, n));
DECLARE @grantree_view TABLE (id int NOT NULL PRIMARY KEY, name nvarchar(600) NOT NULL);
DECLARE @grantree_row TABLE (after bit NOT NULL, view_id int NOT NULL, column_id int NOT NULL, permission nvarchar(60) COLLATE Latin1_General_BIN2 NOT NULL, state nchar(1) COLLATE Latin1_General_BIN2 NOT NULL, total int NOT NULL, who nvarchar(max) COLLATE Latin1_General_BIN2 NOT NULL, PRIMARY KEY (after, view_id, column_id, permission, state));
DECLARE @grantree_member TABLE (after bit NOT NULL, role int NOT NULL, total int NOT NULL, who nvarchar(max) COLLATE Latin1_General_BIN2 NOT NULL, PRIMARY KEY (after, role));
