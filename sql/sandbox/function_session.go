package sandbox

import (
	"encoding/binary"
	"net"
	"strconv"
	"strings"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// sessionFunctions tell about the session, its transaction and the error in CATCH.
var sessionFunctions = map[string]function{
	"xact_state": {0, 0, typeSmallInt, nil, func(f *asked, args []any) (any, error) {
		switch tx := f.x.s.tx; {
		case tx.count == 0:
			return int64(0), nil
		case tx.doomed:
			return int64(-1), nil
		}
		return int64(1), nil
	}},
	"cursor_status": {2, 2, typeSmallInt, words(2), cursorStatus},

	"error_number":   {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Number) })},
	"error_severity": {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Class) })},
	"error_state":    {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.State) })},
	"error_line":     {0, 0, typeInt, nil, caught(func(e *tds.ServerError) any { return int64(e.Line) })},
	"error_message":  {0, 0, typeText, nil, caught(func(e *tds.ServerError) any { return e.Message })},
	"error_procedure": {0, 0, typeSysname, nil, caught(func(e *tds.ServerError) any {
		if e.Procedure == "" {
			return nil
		}
		return e.Procedure
	})},
	"host_name":   {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.x.s.login.HostName, nil }},
	"host_id":     {0, 0, tsql.DataType{Name: "char", Length: 10}, nil, func(f *asked, args []any) (any, error) { return strconv.Itoa(f.x.s.login.PID), nil }},
	"app_name":    {0, 0, typeSysname, nil, func(f *asked, args []any) (any, error) { return f.x.s.login.AppName, nil }},
	"getansinull": {0, 1, typeInt, words(1), func(f *asked, args []any) (any, error) { return int64(1), nil }},
	"scope_identity": {0, 0, tsql.DataType{Name: "numeric", Precision: 38}, nil, func(f *asked, args []any) (any, error) {
		return decimalOf(f.x.s.scopeID), nil
	}},
	"min_active_rowversion": {0, 0, tsql.DataType{Name: "binary", Length: 8}, nil, func(f *asked, args []any) (any, error) {
		return binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(f.x.s.srv.versions.at(f.context.Database, 0))+1), nil
	}},
	"rowcount_big": {0, 0, typeBigInt, nil, func(f *asked, args []any) (any, error) { return f.x.s.rowCount, nil }},
}

// caught is a function of the error that CATCH is about; NULL outside of CATCH.
func caught(of func(*tds.ServerError) any) func(*asked, []any) (any, error) {
	return func(f *asked, args []any) (any, error) {
		if e := f.x.s.caughtError(); e != nil {
			return of(e), nil
		}
		return nil, nil
	}
}

// globals are the @@names by their names in lower case.
var globals = map[string]struct {
	typ   tsql.DataType
	value func(s *session) any
}{
	"@@error":            {typeInt, func(s *session) any { return int64(s.errno) }},
	"@@rowcount":         {typeInt, func(s *session) any { return s.rowCount }},
	"@@fetch_status":     {typeInt, func(s *session) any { return s.fetchStatus }},
	"@@cursor_rows":      {typeInt, func(s *session) any { return s.cursorRows }},
	"@@trancount":        {typeInt, func(s *session) any { return int64(s.tx.count) }},
	"@@spid":             {typeSmallInt, func(s *session) any { return int64(s.spid) }},
	"@@nestlevel":        {typeInt, func(s *session) any { return int64(s.depth) }},
	"@@procid":           {typeInt, func(*session) any { return int64(0) }},
	"@@identity":         {tsql.DataType{Name: "numeric", Precision: 38}, func(s *session) any { return decimalOf(s.identity) }},
	"@@lock_timeout":     {typeInt, func(s *session) any { return s.settings.lockTimeoutMillis() }},
	"@@options":          {typeInt, func(s *session) any { return int64(s.settings.options) }},
	"@@datefirst":        {typeTinyInt, func(s *session) any { return int64(s.settings.dateFirst) }},
	"@@dbts":             {tsql.DataType{Name: "varbinary", Length: 8}, func(s *session) any { return s.srv.versions.at(s.context.Database, 0) }},
	"@@textsize":         {typeInt, func(s *session) any { return int64(s.settings.textSize) }},
	"@@language":         {typeSysname, func(s *session) any { return s.settings.language }},
	"@@langid":           {typeSmallInt, func(*session) any { return int64(0) }},
	"@@version":          {tsql.DataType{Name: "nvarchar", Length: 300}, func(*session) any { return versionText }},
	"@@servername":       {typeSysname, func(s *session) any { return s.srv.options.Name }},
	"@@servicename":      {typeSysname, func(*session) any { return "MSSQLSERVER" }},
	"@@max_precision":    {typeTinyInt, func(*session) any { return int64(38) }},
	"@@max_connections":  {typeInt, func(*session) any { return int64(maxConnections) }},
	"@@microsoftversion": {typeInt, func(*session) any { return int64(16<<24 | 4135) }},
}

// global is @@name.
func (x *run) global(name string) (any, tsql.DataType, bool) {
	g, ok := globals[strings.ToLower(name)]
	if !ok {
		return nil, g.typ, false
	}
	if x.module != nil && strings.EqualFold(name, "@@PROCID") {
		return int64(x.module.ref.Object), g.typ, true
	}
	return g.value(x.s), g.typ, true
}

// splitAddress takes a network address apart.
func splitAddress(a net.Addr) (host string, port int) {
	h, p, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String(), 0
	}
	port, _ = strconv.Atoi(p)
	return h, port
}
