package tsql

// ForXML is FOR XML PATH ('Element')[, TYPE].
type ForXML struct {
	Element string
	Type    bool
}

// Method is X.Name(Args), a method of a value of type xml.
type Method struct {
	Pos
	X    Expr
	Name string
	Args []Expr
}

func (*Method) exprNode() {}
