module example.com/my_app

go 1.19
