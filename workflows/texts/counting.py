"""Where a template counts: filters of ours, put into what Jinja has parsed."""

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

MEASURED, SPENT = " measured", " spent"
"""Names of filters, which no template can write."""


def counting(template: nodes.Template) -> nodes.Template:
    counted = _Counting().visit(template)
    assert isinstance(counted, nodes.Template)
    return counted


class _Counting(NodeTransformer):
    """Every turn of a loop, every value that is put together, and everything that is printed."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 (Jinja's names)
        self.generic_visit(node)
        node.body = [nodes.ExprStmt(_spent(0)), *node.body]
        if node.test is not None:
            node.test = nodes.And(_spent(0), node.test)
        return node

    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:  # noqa: N802
        self.generic_visit(node)
        literal = sum(len(each.data) for each in node.nodes if isinstance(each, nodes.TemplateData))
        node.nodes = [each if isinstance(each, nodes.TemplateData) else _measured(each) for each in node.nodes]
        return [nodes.ExprStmt(_spent(literal)), node]

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_measured(each) for each in node.nodes]
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _measured(node.expr)
        for operand in node.ops:
            operand.expr = _measured(operand.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.args = [_measured(each) for each in node.args]
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _measured(node) if isinstance(node.arg, nodes.Slice) else node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _measured(node) if node.ctx == "load" else node

    def _collected(self, node: nodes.Expr) -> nodes.Node:
        self.generic_visit(node)
        return _measured(node)

    visit_List = visit_Dict = _collected  # noqa: N815


def _measured(node: nodes.Expr) -> nodes.Expr:
    return nodes.Filter(node, MEASURED, [], [], None, None, lineno=node.lineno)


def _spent(characters: int) -> nodes.Expr:
    return nodes.Filter(nodes.Const(characters), SPENT, [], [], None, None)
