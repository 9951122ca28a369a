package query

import (
	"testing"
)

// people is the cast of these tests: some people, what they own, and who leads whom.
func people(t testing.TB) *testScope {
	s := newScope()
	s.virtual(t, "people", []string{"id int", "name nvarchar(20)", "boss int*", "born date*"}, [][]any{
		{1, "Ann", nil, nil}, {2, "bob", 1, nil}, {3, "Cid ", 1, nil}, {4, "Dörte", 2, nil},
	})
	s.virtual(t, "things", []string{"owner int", "thing varchar(10)", "price decimal(10,2)*"}, [][]any{
		{1, "car", nil}, {2, "bike", nil}, {2, "Car", nil}, {9, "none", nil},
	})
	return s
}

func TestSelect(t *testing.T) {
	s := people(t)
	conn := openConn(t)
	tests := []struct{ name, sql, want string }{
		{"one value", "SELECT 1", "1"},
		{"no rows", "SELECT 1 WHERE 1 = 0", ""},
		{"columns", "SELECT id, name FROM people", "1|Ann\n2|bob\n3|Cid \n4|Dörte"},
		{"star", "SELECT * FROM people WHERE id = 2", "2|bob|1|NULL"},
		{"case-insensitive equality", "SELECT id FROM people WHERE name = 'BOB'", "2"},
		{"trailing spaces", "SELECT id FROM people WHERE name = 'cid'", "3"},
		{"accents count", "SELECT id FROM people WHERE name = 'Dorte'", ""},
		{"accents ignored", "SELECT id FROM people WHERE name = 'Dorte' COLLATE Latin1_General_CI_AI", "4"},
		{"case-sensitive", "SELECT id FROM people WHERE name = 'Bob' COLLATE Latin1_General_CS_AS", ""},
		{"order by name", "SELECT name FROM people ORDER BY name DESC", "Dörte\nCid \nbob\nAnn"},
		{"nulls first", "SELECT boss FROM people ORDER BY boss", "NULL\n1\n1\n2"},
		{"order by position", "SELECT id, name FROM people ORDER BY 2 DESC, 1", "4|Dörte\n3|Cid \n2|bob\n1|Ann"},
		{"order by alias", "SELECT -id AS x FROM people ORDER BY x", "-4\n-3\n-2\n-1"},
		{"join", "SELECT p.name, t.thing FROM people p JOIN things t ON t.owner = p.id ORDER BY p.id, t.thing", "Ann|car\nbob|bike\nbob|Car"},
		{"left join", "SELECT p.name, t.thing FROM people AS p LEFT JOIN things AS t ON t.owner = p.id AND t.thing = 'car' ORDER BY p.id", "Ann|car\nbob|Car\nCid |NULL\nDörte|NULL"},
		{"right join", "SELECT p.name, t.thing FROM people p RIGHT JOIN things t ON t.owner = p.id ORDER BY t.owner, t.thing", "Ann|car\nbob|bike\nbob|Car\nNULL|none"},
		{"full join", "SELECT p.id, t.owner FROM people p FULL JOIN things t ON t.owner = p.id ORDER BY 1, 2", "NULL|9\n1|1\n2|2\n2|2\n3|NULL\n4|NULL"},
		{"nested join", "SELECT a.id, c.id FROM people a JOIN (people b JOIN people c ON b.boss = c.id) ON a.boss = b.id", "4|1"},
		{"comma", "SELECT a.id, b.id FROM people a, people b WHERE a.boss = b.id AND a.id > 2 ORDER BY a.id", "3|1\n4|2"},
		{"group by", "SELECT boss, COUNT(*) FROM people GROUP BY boss ORDER BY boss", "NULL|1\n1|2\n2|1"},
		{"group folds case", "SELECT COUNT(*) FROM things GROUP BY thing ORDER BY 1", "1\n1\n2"},
		{"group by expression", "SELECT id % 2, COUNT(*) FROM people GROUP BY id % 2 ORDER BY 1", "0|2\n1|2"},
		{"having", "SELECT boss FROM people GROUP BY boss HAVING COUNT(*) > 1", "1"},
		{"having alone", "SELECT 1 FROM people HAVING 1 = 1", "1"},
		{"distinct folds case", "SELECT DISTINCT LEFT(thing, 1) FROM things ORDER BY 1", "b\nc\nn"},
		{"aggregates", "SELECT COUNT(*), COUNT(boss), SUM(id), AVG(id), MIN(name), MAX(name) FROM people", "4|3|10|2|Ann|Dörte"},
		{"count distinct", "SELECT COUNT(DISTINCT thing), COUNT(DISTINCT owner) FROM things", "3|3"},
		{"aggregate of nothing", "SELECT COUNT(*), SUM(id) FROM people WHERE 1 = 0", "0|NULL"},
		{"string_agg", "SELECT STRING_AGG(name, ', ') WITHIN GROUP (ORDER BY id DESC) FROM people", "Dörte, Cid , bob, Ann"},
		{"top", "SELECT TOP 2 id FROM people ORDER BY id DESC", "4\n3"},
		{"top all", "SELECT TOP (100) PERCENT id FROM people WHERE id < 3 ORDER BY id", "1\n2"},
		{"offset fetch", "SELECT id FROM people ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "2\n3"},
		{"union", "SELECT COUNT(*) FROM (SELECT 'a' AS x UNION SELECT 'A' UNION SELECT 'b') AS d", "2"},
		{"union all", "SELECT 1 AS x UNION ALL SELECT 1", "1\n1"},
		{"union types", "SELECT 1 AS x UNION ALL SELECT 2.5 ORDER BY x", "1.0\n2.5"},
		{"except", "SELECT id FROM people EXCEPT SELECT boss FROM people ORDER BY id", "3\n4"},
		{"intersect", "SELECT id FROM people INTERSECT SELECT boss FROM people", "1\n2"},
		{"values", "SELECT a + 1, b FROM (VALUES (1, 'x'), (2, N'yy')) AS v(a, b)", "2|x\n3|yy"},
		{"derived table", "SELECT d.n FROM (SELECT COUNT(*) AS n FROM people) AS d", "4"},
		{"cte", "WITH c AS (SELECT id FROM people WHERE id > 2), d(x) AS (SELECT id FROM c) SELECT x FROM d ORDER BY x", "3\n4"},
		{"recursive cte", "WITH r AS (SELECT id, 0 AS deep FROM people WHERE boss IS NULL UNION ALL SELECT p.id, r.deep + 1 FROM people p JOIN r ON p.boss = r.id) SELECT id, deep FROM r ORDER BY id", "1|0\n2|1\n3|1\n4|2"},
		{"endless recursion", "WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r", "error 530"},
		{"exists", "SELECT name FROM people p WHERE EXISTS (SELECT * FROM things t WHERE t.owner = p.id) ORDER BY 1", "Ann\nbob"},
		{"in query", "SELECT name FROM people WHERE id IN (SELECT owner FROM things) ORDER BY 1", "Ann\nbob"},
		{"not in with null", "SELECT name FROM people WHERE id NOT IN (SELECT boss FROM people)", ""},
		{"in list", "SELECT id FROM people WHERE name IN ('ANN', 'dörte', NULL) ORDER BY id", "1\n4"},
		{"scalar subquery", "SELECT name, (SELECT COUNT(*) FROM things t WHERE t.owner = p.id) FROM people p ORDER BY id", "Ann|1\nbob|2\nCid |0\nDörte|0"},
		{"subquery of many", "SELECT (SELECT id FROM people)", "error 512"},
		{"subquery of one", "SELECT (SELECT id FROM people WHERE id = 3)", "3"},
		{"sums of decimals", "SELECT a, SUM(b), AVG(b) FROM (VALUES (1, 1.5), (1, 2.25), (2, 1)) AS t (a, b) GROUP BY a ORDER BY a", "1|3.75|1.875000\n2|1.00|1.000000"},
		{"sums over a window", "SELECT a, SUM(b) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES (1, 1.5), (2, 2.25), (3, 1)) AS t (a, b) ORDER BY a", "1|1.50\n2|3.75\n3|3.25"},
		{"all", "SELECT id FROM people WHERE id >= ALL (SELECT id FROM people)", "error 40517"},
		{"any", "SELECT id FROM people WHERE id = ANY (SELECT owner FROM things) ORDER BY id", "error 40517"},
		{"case", "SELECT CASE WHEN boss IS NULL THEN 'top' WHEN boss = 1 THEN 'mid' ELSE 'low' END FROM people ORDER BY id", "top\nmid\nmid\nlow"},
		{"case operand", "SELECT CASE id WHEN 1 THEN 10 WHEN 2 THEN 20.5 END FROM people ORDER BY id", "10.0\n20.5\nNULL\nNULL"},
		{"row_number", "SELECT id, ROW_NUMBER() OVER (PARTITION BY boss ORDER BY id DESC) FROM people ORDER BY id", "1|1\n2|2\n3|1\n4|1"},
		{"count over", "SELECT id, COUNT(*) OVER (PARTITION BY boss) FROM people ORDER BY id", "1|1\n2|2\n3|2\n4|1"},
		{"like", "SELECT name FROM people WHERE name LIKE 'b%' OR name LIKE '[C-D]_[dr]%' ORDER BY id", "bob\nCid \nDörte"},
		{"like escape", "SELECT 1 WHERE 'a_b' LIKE 'a!_b' ESCAPE '!' AND 'axb' NOT LIKE 'a!_b' ESCAPE '!'", "1"},
		{"null logic", "SELECT 1 WHERE NOT (NULL = 1) OR NULL IS NULL", "1"},
		{"between", "SELECT id FROM people WHERE id BETWEEN 2 AND 3 ORDER BY id", "2\n3"},
		{"outer reference twice", "SELECT id FROM people p WHERE 1 = (SELECT COUNT(*) FROM things WHERE owner IN (SELECT id FROM people q WHERE q.id = p.id))", "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := result(t, s, conn, tt.sql); got != tt.want {
				t.Errorf("%s\n got: %q\nwant: %q", tt.sql, got, tt.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	s := people(t)
	conn := openConn(t)
	tests := []struct{ name, sql, want string }{
		{"unknown table", "SELECT 1 FROM nowhere", "error 208"},
		{"unknown column", "SELECT x FROM people", "error 207"},
		{"unknown column of a table", "SELECT p.x FROM people p", "error 207"},
		{"unknown table prefix", "SELECT q.id FROM people p", "error 4104"},
		{"alias hides the name", "SELECT people.id FROM people p", "error 4104"},
		{"ambiguous", "SELECT id FROM people a, people b", "error 209"},
		{"same alias", "SELECT 1 FROM people a, things a", "error 1011"},
		{"same object", "SELECT 1 FROM people, people", "error 1013"},
		{"not grouped", "SELECT name, COUNT(*) FROM people", "error 8120"},
		{"not grouped by that", "SELECT name FROM people GROUP BY id", "error 8120"},
		{"not grouped in having", "SELECT 1 FROM people GROUP BY id HAVING name = 'x'", "error 8121"},
		{"not grouped in order", "SELECT COUNT(*) FROM people GROUP BY id ORDER BY name", "error 8127"},
		{"aggregate in where", "SELECT 1 FROM people WHERE COUNT(*) > 1", "error 147"},
		{"aggregate in aggregate", "SELECT SUM(COUNT(*)) FROM people", "error 130"},
		{"constant group", "SELECT 1 FROM people GROUP BY 1", "error 164"},
		{"order in derived", "SELECT * FROM (SELECT id FROM people ORDER BY id) d", "error 1033"},
		{"order position", "SELECT id FROM people ORDER BY 2", "error 108"},
		{"order of distinct", "SELECT DISTINCT id FROM people ORDER BY name", "error 145"},
		{"order of union", "SELECT id FROM people UNION SELECT 1 ORDER BY name", "error 104"},
		{"union width", "SELECT 1, 2 UNION SELECT 1", "error 205"},
		{"unnamed column", "SELECT * FROM (SELECT 1) d", "error 8155"},
		{"column twice", "SELECT * FROM (SELECT 1 AS a, 2 AS A) d", "error 8156"},
		{"two columns", "SELECT (SELECT 1, 2)", "error 116"},
		{"unknown function", "SELECT frobnicate(1)", "error 195"},
		{"unknown function of a schema", "SELECT dbo.f(1)", "error 4121"},
		{"argument count", "SELECT LEN()", "error 174"},
		{"argument range", "SELECT CHARINDEX('a')", "error 189"},
		{"undeclared variable", "SELECT @x", "error 137"},
		{"clash", "SELECT 1 WHERE CAST('2020-01-01' AS date) = 1", "error 206"},
		{"implicit conversion", "SELECT CAST(0x01 AS varbinary(2)) + 'x' WHERE 0x01 = CAST(1 AS sql_variant) AND SQL_VARIANT_PROPERTY(1,'x') = 1 AND CAST(1 AS sql_variant) + 1 = 2", "error 257"},
		{"divide by zero", "SELECT 1 / 0", "error 8134"},
		{"overflow", "SELECT 2147483647 + 1", "error 8115"},
		{"text is no int", "SELECT 1 + 'x'", "error 245"},
		{"collation conflict", "SELECT 1 WHERE 'a' COLLATE Latin1_General_CS_AS = 'a' COLLATE Latin1_General_CI_AS", "error 468"},
		{"bad collation", "SELECT 'a' COLLATE nonsense", "error 448"},
		{"windowed in where", "SELECT 1 FROM people WHERE ROW_NUMBER() OVER (ORDER BY id) = 1", "error 4108"},
		{"sum of text", "SELECT SUM(name) FROM people", "error 8117"},
		{"star without from", "SELECT *", "error 263"},
		{"star of nothing", "SELECT q.* FROM people p", "error 107"},
		{"with ties", "SELECT TOP 1 WITH TIES id FROM people", "error 1062"},
		{"percent", "SELECT TOP (-1) PERCENT id FROM people", "error 1031"},
		{"xml as a result", "SELECT (SELECT id FROM people FOR XML PATH(''), TYPE)", "error 40517"},
		{"xml compared", "SELECT 1 WHERE (SELECT id FROM people FOR XML PATH(''), TYPE) = (SELECT id FROM people FOR XML PATH(''), TYPE)", "error 305"},
		{"xml into text", "SELECT 1 WHERE 'x' + (SELECT id FROM people FOR XML PATH(''), TYPE) = 'x'", "error 402"},
		{"case of nulls", "SELECT CASE WHEN 1 = 1 THEN NULL END", "error 8133"},
		{"assignment of nothing", "SELECT @x = 1", "error 137"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := result(t, s, conn, tt.sql); got != tt.want {
				t.Errorf("%s\n got: %q\nwant: %q", tt.sql, got, tt.want)
			}
		})
	}
}
