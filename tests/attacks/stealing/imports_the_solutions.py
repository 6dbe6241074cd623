# attack: takes the class from the solutions
# family: stealing
# outcomes: error
# earns: none

from solutions.mg2_chain_rule import Value as Theirs


class Value(Theirs):
    pass
