"""One kernel for all storms of a worker; notebooks get one each."""

import pytest

from kernel_driver import Kernel


@pytest.fixture(scope="module")
def kernel():
    with Kernel() as one:
        one.run("import gc, sys, psutil\nfrom convlab import labs\nfrom kernel_driver import describe")
        yield one
