CREATE TABLE dbo.job (id int IDENTITY PRIMARY KEY, title nvarchar(50) NOT NULL, cost decimal(9,2), done bit NOT NULL DEFAULT 0, note nvarchar(20))
GO
INSERT dbo.job (title, cost) VALUES (N'Oil', NULL), (N'Brakes', 12.5)
GO
CREATE VIEW dbo.open_job AS SELECT id, title, cost FROM dbo.job WHERE done = 0
